import type { Order } from './page';

/** A list whose indexes begin with a filtered column and continue in the order of the list's key. */
export interface KeysetList {
  table: 'conversations' | 'applications';
  /** The SQL select list of a row. */
  columns: string;
  /** Column and type of each part of the key. */
  key: readonly (readonly [string, string])[];
}

/** The filters of a list, by column of its table. */
export interface ListFilters {
  /** Accepted values by column; an undefined filter accepts all. */
  equal: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Limits of the key's first column: from inclusive, to exclusive, so that adjacent ranges neither lose nor repeat a row. */
  from: string | undefined;
  to: string | undefined;
  /** Inclusive lower limits of columns outside the key. */
  atLeast?: Readonly<Record<string, string | undefined>>;
  /** Columns by whether they must be empty, for conditions that exclude few rows, so that no index needs to have them. */
  empty?: Readonly<Record<string, boolean | undefined>>;
}

export interface KeysetQuery extends ListFilters {
  /** The key of the last row of the previous page. */
  after: readonly string[] | undefined;
  order: Order;
  limit: number;
}

/** Returns every combination of one accepted value per filtered column. */
function combinations(equal: KeysetQuery['equal']): (readonly [string, string])[][] {
  let all: (readonly [string, string])[][] = [[]];
  for (const [column, accepted] of Object.entries(equal)) {
    if (accepted === undefined) continue;
    all = [accepted].flat().flatMap((value) => all.map((others) => [...others, [column, value] as const]));
  }
  return all;
}

/**
 * Returns the SQL of a page: `limit` rows and one more, which tells whether there is a next page. Names come from constants of
 * the code, values go into `bind`.
 *
 * Each combination of filter values is a branch of its own and the results are merged: for `status IN (…)` PostgreSQL would sort,
 * or read rows that do not match. The row value `(a, b) < (x, y)` starts in the index at the cursor; the same condition written
 * with OR reads from the beginning.
 */
export function keysetSql(
  list: KeysetList,
  { equal, from, to, atLeast = {}, empty = {}, after, order, limit }: KeysetQuery,
): { sql: string; bind: string[] } {
  const bind: string[] = [];
  const parameter = (value: string, type: string) => `$${bind.push(value)}::${type}`;
  const columns = list.key.map(([column]) => column);
  const [[column, type] = ['id', 'uuid'] as const] = list.key;
  const common: string[] = [];
  if (from !== undefined) common.push(`${column} >= ${parameter(from, type)}`);
  if (to !== undefined) common.push(`${column} < ${parameter(to, type)}`);
  for (const [name, limit] of Object.entries(atLeast))
    if (limit !== undefined) common.push(`${name} >= ${parameter(limit, type)}`);
  for (const [name, isEmpty] of Object.entries(empty))
    if (isEmpty !== undefined) common.push(`${name} IS ${isEmpty ? '' : 'NOT '}NULL`);
  if (after) {
    const position = list.key.map(([, type], n) => parameter(after[n] ?? '', type)).join(', ');
    common.push(`(${columns.join(', ')}) ${order === 'asc' ? '>' : '<'} (${position})`);
  }
  const rows = limit + 1;
  const sorted = columns.map((name) => `${name} ${order}`).join(', ');
  const branches = combinations(equal).map((pairs) => {
    const where = [...pairs.map(([name, value]) => `${name} = ${parameter(value, 'text')}`), ...common];
    const condition = where.length > 0 ? ` WHERE ${where.join(' AND ')}` : '';
    return `(SELECT * FROM ${list.table}${condition} ORDER BY ${sorted} LIMIT ${rows})`;
  });
  // Qualified by the table, because a selected column of the same name may be text.
  const merged = columns.map((name) => `page.${name} ${order}`).join(', ');
  const sql = `SELECT ${list.columns} FROM (${branches.join(' UNION ALL ')}) AS page ORDER BY ${merged} LIMIT ${rows}`;
  return { sql, bind };
}
