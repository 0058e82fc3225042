import { hash } from 'node:crypto';
import type { Prepared } from '../models/prepared';
import { DEFAULT_LIMIT, type Order } from './page';

/** A list whose index begins with what it is filtered by and goes on in the order of its key. */
export interface KeysetList {
  table: 'conversations' | 'applications';
  /** What a row shows. */
  columns: string;
  /** Column and type of each part of the key. */
  key: readonly (readonly [string, string])[];
}

/** What a page is sought by; an undefined filter filters nothing. */
export interface KeysetQuery {
  /** One of these values, by column. */
  equal: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Strictly beyond a value of the key's first column. */
  bounds: readonly (readonly ['>' | '<', string | undefined])[];
  /** The key of the last row of the page before. */
  after: readonly string[] | undefined;
  order: Order;
  limit: number;
}

/** Every way to take one value for each column. */
function combinations(equal: KeysetQuery['equal']): (readonly [string, string])[][] {
  let all: (readonly [string, string])[][] = [[]];
  for (const [column, wanted] of Object.entries(equal)) {
    if (wanted === undefined) continue;
    all = [wanted].flat().flatMap((value) => all.map((others) => [...others, [column, value] as const]));
  }
  return all;
}

/**
 * A page of rows, `limit` and one more. Several statuses are several seeks whose results are merged: one seek for
 * "one of these" would have to sort, or to pass over what is not wanted. The row value `(a, b) < (x, y)` is what an index can
 * seek; the same with OR is read from the beginning.
 */
export function buildKeysetQuery(
  listing: KeysetList,
  { equal, bounds, after, order, limit }: KeysetQuery,
): { statement: Prepared; values: string[] } {
  const values: string[] = [];
  const bind = (value: string, type: string) => `$${values.push(value)}::${type}`;
  const columns = listing.key.map(([column]) => column);
  const [first = ['id', 'uuid'] as const] = listing.key;
  const inOrder = columns.map((column) => `${column} ${order}`).join(', ');
  const common = bounds.flatMap(([operator, value]) =>
    value === undefined ? [] : [`${first[0]} ${operator} ${bind(value, first[1])}`],
  );
  if (after) {
    const place = listing.key.map(([, type], n) => bind(after[n] ?? '', type)).join(', ');
    common.push(`(${columns.join(', ')}) ${order === 'asc' ? '>' : '<'} (${place})`);
  }
  const rows = limit + 1;
  const branches = combinations(equal).map((pairs) => {
    const where = [...pairs.map(([column, value]) => `${column} = ${bind(value, 'text')}`), ...common];
    const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
    return `(SELECT * FROM ${listing.table}${condition} ORDER BY ${inOrder} LIMIT ${rows})`;
  });
  // Of the page, since a column may be shown as text, and that is not its order.
  const outer = columns.map((column) => `page.${column} ${order}`).join(', ');
  const text = `SELECT ${listing.columns} FROM (${branches.join(' UNION ALL ')}) AS page ORDER BY ${outer} LIMIT ${rows}`;
  // Two hundred limits would be two hundred statements for every connection to keep.
  const name = limit === DEFAULT_LIMIT ? hash('sha1', text) : '';
  return { statement: { name, text }, values };
}
