import { setMaxListeners } from 'node:events';
import { EXIT, ExitError } from '../exit-codes';
import { onInterrupt } from '../interrupts';
import { printNotice, type Io } from '../io';
import type { Format } from '../output';
import { createProgress } from '../progress';
import { createRowStream } from '../row-stream';
import { readEvents } from './input';
import { COLUMNS, type SendRow } from './rows';
import { sendAll } from './send-all';
import type { Attempt } from './send-line';
import { printSummary } from './summary';
import { createTally } from './tally';
import { findTarget, type TargetFlags } from './target';

export interface SendFlags extends TargetFlags {
  timeout: number;
  concurrency: number;
  /** In milliseconds. */
  retryFor: number;
  fromLine: number;
  output: Format;
}

/** Returns a function that prints rows. `-o ids` is for other commands, so it has accepted events only; the others are notices. */
function createPrinter(io: Io, format: Format, signal: AbortSignal) {
  const rows = createRowStream(io, { format, columns: COLUMNS }, signal);
  return {
    end: () => rows.end(),
    async print(row: SendRow): Promise<void> {
      if (format !== 'ids' || row.status !== null) return rows.write(row);
      printNotice(
        io,
        `line ${row.line}: ${row.http === null ? '' : `HTTP ${row.http}, `}${row.reason ?? ''}`,
      );
    },
  };
}

/**
 * Sends the events of a file and prints a row for each, and at the end how many were not accepted.
 * @throws ExitError if an event was not accepted, its outcome is not good, or the operator ended the command; ConvError or Error
 *   if the usage is wrong, the file cannot be read, or conv does not answer
 */
export async function runSend(io: Io, file: string, flags: SendFlags): Promise<void> {
  const target = await findTarget(io, flags);
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // Each request and pause listens.
  const tally = createTally(flags.fromLine);
  const progress = createProgress(io, 'sent', null);
  const printer = createPrinter(io, flags.output, stop.signal);
  const release = onInterrupt(() => stop.abort(new ExitError(EXIT.interrupted)));
  let isUnreachable = false;

  function onRetry({ status, problem = '' }: Attempt): void {
    if (status === null && !isUnreachable) printNotice(io, `conv: ${problem}; trying again`);
    isUnreachable ||= status === null;
    progress.update(tally.total(), `waiting: ${problem}`);
  }

  async function print(row: SendRow): Promise<void> {
    if (io.stdoutIsTerminal) progress.finish();
    await printer.print(row);
    progress.update(tally.total());
  }

  const { concurrency, retryFor: retryForMs } = flags;
  const outcomeTimeoutMs = flags.timeout * 1000;
  const events = readEvents(io, file, flags.fromLine, stop.signal);
  await sendAll(events, { target, concurrency, retryForMs, outcomeTimeoutMs, stop, tally, onRetry, print });
  release();
  progress.finish();
  if (tally.total() > 0) await printer.end();
  printSummary(io, tally, stop.signal);
  stop.signal.throwIfAborted();
  if (tally.count('accepted') < tally.total()) throw new ExitError(EXIT.failed);
}
