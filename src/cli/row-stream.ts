import { once } from 'node:events';
import type { Io } from './io';
import { printRows, type Listing } from './output';

/** A terminal table is printed in blocks, because its column widths depend on its rows. */
const BLOCK_ROWS = 100;

/** Prints rows one by one in constant memory, in every format. */
export interface RowStream {
  /** Prints a row, and waits if the reader of standard output is slow. Goes on without printing if the reader has gone. */
  write(row: object): Promise<void>;
  /** Prints what is left: the last rows of a table, the end of a JSON array. */
  end(): Promise<void>;
}

/** @param signal ends the wait for a slow reader */
export function createRowStream(
  io: Io,
  listing: Pick<Listing, 'format' | 'columns' | 'fields'>,
  signal: AbortSignal,
): RowStream {
  const isJson = listing.format === 'json';
  const isBlocks = listing.format === 'table' && io.stdoutIsTerminal;
  const block: object[] = [];
  let count = 0;
  let isClosed = false;
  let queue = Promise.resolve();
  io.stdout.on('error', () => (isClosed = true)); // Stays, because the error can come after the last row.

  async function print(rows: object[]): Promise<void> {
    if (isClosed || rows.length === 0) return;
    const header = isBlocks || count === 0;
    if (isJson) io.stdout.write(`${count === 0 ? '[' : ','}\n  ${formatElement(rows[0])}`);
    else await printRows(io, rows, { ...listing, header, emptyNotice: '' });
    count += rows.length;
    if (!io.stdout.writableNeedDrain) return;
    // An interruption ends the wait, and so does a reader that has gone: the listener above notes that.
    await once(io.stdout, 'drain', { signal }).catch(() => undefined);
  }

  /** Prints after everything that was printed before. */
  function enqueue(rows: object[]): Promise<void> {
    queue = queue.then(() => print(rows));
    return queue;
  }

  async function write(row: object): Promise<void> {
    if (!isBlocks) return enqueue([row]);
    block.push(row);
    if (block.length >= BLOCK_ROWS) await enqueue(block.splice(0));
  }

  return {
    write,
    async end() {
      await enqueue(block.splice(0));
      if (isJson && !isClosed) io.stdout.write(count === 0 ? '[]\n' : '\n]\n');
    },
  };
}

function formatElement(row: object | undefined): string {
  return JSON.stringify(row, null, 2).replaceAll('\n', '\n  ');
}
