import type { Page } from '../lists/page';
import type { Io } from './io';
import { printNotice } from './io';
import { printRows, type Format, type Listing } from './output';

export const DEFAULT_ROWS = 50;
const LARGEST_PAGE = 200;

/** The flags of every command that lists. */
export interface ListFlags {
  limit?: number;
  all?: boolean;
  output: Format;
}

type ReadPage<T> = (page: { limit: number; cursor: string | undefined }) => Promise<Page<T>>;

/**
 * Follows a list's pages until there are `wanted` rows or no more.
 * @returns the rows, and whether the list goes on after them
 */
export async function collect<T>(
  wanted: number,
  readPage: ReadPage<T>,
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

/** Prints a list as far as the flags say, and tells a person when it goes on. */
export async function printPages<T extends object>(
  io: Io,
  flags: ListFlags,
  listing: Omit<Listing, 'format'>,
  readPage: ReadPage<T>,
): Promise<void> {
  const { rows, more } = await collect(flags.all ? Infinity : (flags.limit ?? DEFAULT_ROWS), readPage);
  await printRows(io, rows, { ...listing, format: flags.output });
  if (more && io.outIsTerminal) printNotice(io, `there are more: --all, or --limit above ${rows.length}`);
}
