import { encodeCursor } from './cursor';

export const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

export type Order = 'asc' | 'desc';

/** How every list is cut into pages. */
export interface PageQuery {
  order: Order;
  limit: number;
  cursor?: string | undefined;
}

export interface Page<T> {
  data: T[];
  /** Where the next page begins; null on the last one. */
  next_cursor: string | null;
}

/**
 * Makes a page of `limit + 1` rows: the extra one only tells that there is more.
 * @param keyOf a row's sort key, which is where the next page begins
 */
export function pageOf<Row, View>(
  rows: Row[],
  limit: number,
  filterKey: object,
  keyOf: (row: Row) => string[],
  viewOf: (row: Row) => View,
): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { data: shown.map(viewOf), next_cursor: more ? encodeCursor(keyOf(last), filterKey) : null };
}

/** A page of rows that are JSON already, as a page of what they say. */
export function parsed<View>({ data, next_cursor }: Page<string>): Page<View> {
  return { data: data.map((json) => JSON.parse(json) as View), next_cursor };
}
