import { once } from 'node:events';
import type { Io } from './io';
import { printRows, type Listing } from './output';

/**
 * Returns a function that prints rows below those that it printed before, with one heading for all of them. It waits while the
 * reader of standard output is slow.
 */
export function createAppender(
  io: Io,
  listing: Pick<Listing, 'format' | 'columns' | 'fields'>,
): (rows: readonly object[]) => Promise<void> {
  let header = true;
  return async (rows) => {
    if (rows.length === 0) return;
    await printRows(io, rows, { ...listing, header, emptyNotice: '' });
    header = false;
    if (io.stdout.writableNeedDrain) await once(io.stdout, 'drain');
  };
}
