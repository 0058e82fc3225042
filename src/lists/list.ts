import { QueryTypes, type Sequelize } from 'sequelize';
import { decodeCursor, encodeCursor } from './cursor';
import { keysetSql, type KeysetList, type ListFilters } from './keyset';
import type { Page, PageQuery } from './page';

/** A list of the API: how its rows are read, shown and continued. */
export interface List<Record, View> extends KeysetList {
  present: (record: Record) => View;
  /** Returns a row's key, at which the next page starts. */
  position: (view: View) => string[];
  /** Whether a cursor's content has the form of this list's keys. The checksum is no secret, so a cursor can be made up. */
  isPosition: (key: string[]) => boolean;
}

/** What a cursor belongs to; with other filters or another order it is refused. */
function cursorScope(
  { table }: KeysetList,
  { equal, from, to, atLeast, empty }: ListFilters,
  order: string,
): object {
  return { table, order, equal, from, to, atLeast, empty };
}

/**
 * Returns the SQL and its values for a page.
 * @throws ConvError INVALID for a cursor that does not belong to this list with these filters
 */
export function pageSql<Record, View>(
  list: List<Record, View>,
  filters: ListFilters,
  { order, limit, cursor }: PageQuery,
): { sql: string; bind: string[] } {
  const scope = cursorScope(list, filters, order);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, scope, list.isPosition);
  return keysetSql(list, { ...filters, after, order, limit });
}

/**
 * Reads a page. New rows come after all that exist in the list's order, so they neither shift nor repeat a row of a list that is
 * being paged through.
 * @throws ConvError INVALID for a cursor that does not belong to this list with these filters
 */
export async function readPage<Record extends object, View>(
  sequelize: Sequelize,
  list: List<Record, View>,
  filters: ListFilters,
  paging: PageQuery,
): Promise<Page<View>> {
  const { sql, bind } = pageSql(list, filters, paging);
  const rows = await sequelize.query<Record>(sql, { type: QueryTypes.SELECT, bind });
  const data = rows.slice(0, paging.limit).map(list.present);
  const last = data.at(-1);
  const scope = cursorScope(list, filters, paging.order);
  const hasMore = rows.length > paging.limit && last !== undefined;
  return { data, next_cursor: hasMore ? encodeCursor(list.position(last), scope) : null };
}
