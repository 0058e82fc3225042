import { DEFAULT_LIMIT, MAX_LIMIT, type Page } from '../lists/page';
import type { Io } from './io';
import { printNotice } from './io';
import { printRows, type Format, type Listing } from './output';

/** The flags of every command that lists. */
export interface ListFlags {
  limit?: number;
  all?: boolean;
  output: Format;
}

type ReadPage<T> = (page: { limit: number; cursor: string | undefined }) => Promise<Page<T>>;

/** Returns how many rows the flags ask for. */
export function maxRows({ all, limit }: Pick<ListFlags, 'all' | 'limit'>): number {
  return all ? Infinity : (limit ?? DEFAULT_LIMIT);
}

/**
 * Reads page after page until there are `max` rows or no more pages.
 * @returns the rows, and whether more exist
 */
export async function collectRows<T>(
  max: number,
  readPage: ReadPage<T>,
): Promise<{ rows: T[]; hasMore: boolean }> {
  const rows: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage({ limit: Math.min(max - rows.length, MAX_LIMIT), cursor });
    rows.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && rows.length < max);
  return { rows, hasMore: cursor !== undefined };
}

/** Prints as many rows of a list as the flags ask for, and tells an operator on a terminal if more exist. */
export async function printList<T extends object>(
  io: Io,
  flags: ListFlags,
  listing: Omit<Listing, 'format'>,
  readPage: ReadPage<T>,
): Promise<void> {
  const { rows, hasMore } = await collectRows(maxRows(flags), readPage);
  await printRows(io, rows, { ...listing, format: flags.output });
  if (hasMore && io.stdoutIsTerminal)
    printNotice(io, `${rows.length} shown, more exist: use --all or a higher --limit`);
}
