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
 * @param placeOf a row's sort key, which is where the next page begins
 */
export function toPage<View>(
  rows: View[],
  limit: number,
  filterKey: object,
  placeOf: (row: View) => string[],
): Page<View> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { data, next_cursor: more ? encodeCursor(placeOf(last), filterKey) : null };
}
