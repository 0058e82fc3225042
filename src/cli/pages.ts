import type { Page } from '../conversations/page';

export const DEFAULT_ROWS = 50;
const LARGEST_PAGE = 200;

/**
 * Follows a list's pages until there are `wanted` rows or no more.
 * @returns the rows, and whether the list goes on after them
 */
export async function collect<T>(
  wanted: number,
  readPage: (page: { limit: number; cursor: string | undefined }) => Promise<Page<T>>,
): Promise<{ rows: T[]; more: boolean }> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage({ limit: Math.min(wanted - rows.length, LARGEST_PAGE), cursor });
    rows.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && rows.length < wanted);
  return { rows, more: cursor !== undefined };
}
