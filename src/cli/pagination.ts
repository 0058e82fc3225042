import { DEFAULT_LIMIT, MAX_LIMIT, type Page } from '../lists/page';
import { usageError } from './exit-codes';
import type { Io } from './io';
import { printNotice } from './io';
import { printRows, type Format, type Listing } from './output';
import type { Resource } from './resources';

/** The flags of every command that lists. */
export interface ListFlags {
  limit?: number;
  all?: boolean;
  columns?: string[];
  output: Format;
}

type ReadPage<T> = (page: { limit: number; cursor: string | undefined }) => Promise<Page<T>>;

/**
 * Returns the columns that the flags choose, else those of the resource.
 * @throws ConvError INVALID (exit 2) for a format without columns
 */
export function chooseColumns(
  { columns, output }: Pick<ListFlags, 'columns' | 'output'>,
  resource: Resource,
): Resource {
  if (!columns) return resource;
  if (output !== 'table' && output !== 'csv')
    throw usageError(`--columns cannot be combined with -o ${output}: use -o table or -o csv`);
  return { columns, fields: columns };
}

/** Returns how many rows the flags ask for. */
export function maxRows({ all, limit }: Pick<ListFlags, 'all' | 'limit'>): number {
  return all ? Infinity : (limit ?? DEFAULT_LIMIT);
}

/** Returns a page of rows that were read with one row more than `limit`, which shows that more exist. Its cursor is an id. */
export function cutPage<T extends { id: string }>(rows: readonly T[], limit: number): Page<T> {
  const data = rows.slice(0, limit);
  return { data, next_cursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
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

/** Says that more rows exist if the default limit cut the list, and on a terminal also if --limit did. */
export function noticeMore(io: Io, flags: ListFlags, shown: number): void {
  if (flags.limit === undefined || io.stdoutIsTerminal)
    printNotice(io, `${shown} shown, more exist: --all or --limit`);
}

/**
 * Prints as many rows of a list as the flags ask for, and says if more exist.
 */
export async function printList<T extends object>(
  io: Io,
  flags: ListFlags,
  listing: Omit<Listing, 'format'>,
  readPage: ReadPage<T>,
): Promise<void> {
  const max = maxRows(flags);
  const { rows, hasMore } = await collectRows(max, readPage);
  await printRows(io, rows, { ...listing, format: flags.output });
  if (hasMore) noticeMore(io, flags, rows.length);
}
