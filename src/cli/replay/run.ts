import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { isSkippedReplay } from '../../applications/replay-filter';
import type { ApplicationView } from '../../lib/domain';
import { groupsOf } from '../../lib/groups-of';
import type { ReplayBackend } from '../backend/backend';
import { withReplayBackend } from '../backend/open-backend';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import { onInterrupt } from '../interrupts';
import { printNotice, type Io } from '../io';
import { pluralize } from '../../lib/pluralize';
import { createProgress } from '../progress';
import { APPLICATION } from '../resources';
import { createRowStream } from '../row-stream';
import { readFilter, type ReplayFlags } from './flags';
import { createFollower } from './follow';
import { countOutcome, countSettled, createTally, printSummary, type Tally } from './tally';
import { findSource, noticeSkipped, select, type Selected, type Source } from './source';

/** The table leaves out what a waiting application does not have. */
const ROWS = { ...APPLICATION, columns: ['id', 'status', 'reason', 'candidate_id', 'job_id', 'received_at'] };

const AT_ONCE = 16;

/** Returns how many applications are replayed at once: with --rate at most a second's, so that outcomes show every second. */
function groupSize({ rate = AT_ONCE }: ReplayFlags): number {
  return Math.min(AT_ONCE, rate);
}

/** Returns a function that waits until the next application may be replayed. */
function createPacer(rate: number | undefined, signal: AbortSignal): () => Promise<void> {
  const startedAt = Date.now();
  let turns = 0;
  return async () => {
    signal.throwIfAborted();
    if (rate === undefined) return;
    const pause = startedAt + (turns++ * 1000) / rate - Date.now();
    if (pause > 0) await wait(pause, undefined, { signal });
  };
}

async function replayAll(
  io: Io,
  backend: ReplayBackend,
  chunks: AsyncIterable<Selected>,
  flags: ReplayFlags,
  tally: Tally,
): Promise<void> {
  const stop = new AbortController();
  const release = onInterrupt(() => stop.abort(new ExitError(EXIT.interrupted)));
  const rows = createRowStream(io, { format: flags.output, ...ROWS }, stop.signal);
  const progress = createProgress(io, flags.wait ? 'processed' : 'replayed', tally.total);
  const showProgress = () => progress.update(flags.wait ? countSettled(tally) : tally.replayed);
  const nextTurn = createPacer(flags.rate, stop.signal);
  const print = async (application: ApplicationView) => {
    if (io.stdoutIsTerminal) progress.finish();
    await rows.write(application);
  };
  const follower = createFollower(
    backend,
    {
      async settled(application) {
        countOutcome(tally, application);
        await print(application);
      },
      checked: showProgress,
    },
    stop.signal,
  );

  /** Returns the application, unless it is skipped. */
  async function replayOne({ id }: ApplicationView): Promise<ApplicationView[]> {
    await nextTurn();
    try {
      const application = await backend.replay(id);
      tally.replayed += 1;
      showProgress();
      return [application];
    } catch (error) {
      if (!isSkippedReplay(error)) throw error;
      printNotice(io, `skipped ${id}: ${error.detail}`);
      return [];
    }
  }

  try {
    for await (const selected of chunks) {
      for (const group of groupsOf(groupSize(flags), selected.applications)) {
        const replayed = (await Promise.all(group.map(replayOne))).flat();
        if (flags.wait) await follower.add(replayed.map(({ id }) => id));
        else for (const application of replayed) await print(application);
      }
    }
    await follower.finish();
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    release();
    progress.finish();
    await rows.end();
    printSummary(io, tally, follower.pending(), stop.signal.aborted);
  }
}

/** Names what is skipped of each part. */
async function* withNotices(io: Io, chunks: AsyncIterable<Selected>, tally: Tally): AsyncGenerator<Selected> {
  for await (const selected of chunks) {
    if (noticeSkipped(io, selected)) tally.isIncomplete = true;
    yield selected;
  }
}

/** Prints what would be replayed. */
async function preview(io: Io, chunks: AsyncIterable<Selected>, flags: ReplayFlags): Promise<void> {
  const rows = createRowStream(io, { format: flags.output, ...ROWS }, new AbortController().signal);
  let count = 0;
  for await (const { applications } of chunks) {
    for (const application of applications) await rows.write(application);
    count += applications.length;
  }
  await rows.end();
  printNotice(io, `dry run: would replay ${pluralize(count, 'application')}; nothing was changed`);
}

/**
 * Asks before a selection is replayed that is more than one application. An input is not read before the answer.
 * @returns what to replay
 */
async function confirmed(
  io: Io,
  { place }: ReplayBackend,
  source: Source,
  chunks: AsyncGenerator<Selected>,
  flags: ReplayFlags,
  tally: Tally,
): Promise<AsyncIterable<Selected>> {
  if (source.kind === 'input') {
    const action = `replay the applications in ${source.file ?? 'standard input'}${place}`;
    if (await confirm(io, action, flags.yes)) return chunks;
    throw new ExitError(EXIT.failed);
  }
  const first = await chunks.next();
  const selected: Selected[] = first.done ? [] : [first.value];
  tally.total = selected.flatMap(({ applications }) => applications).length;
  const action = `replay ${pluralize(tally.total, 'application')}${place}`;
  if (tally.total > 1 && !(await confirm(io, action, flags.yes))) throw new ExitError(EXIT.failed);
  return Readable.from(selected);
}

/** Runs `conv replay`. @throws ExitError if an id was wrong, an application FAILED again, or the operator ended it */
export async function runReplay(io: Io, ids: readonly string[], flags: ReplayFlags): Promise<void> {
  const source = findSource(ids, flags, readFilter(flags));
  const tally = createTally(null);
  await withReplayBackend(io, async (backend) => {
    const chunks = withNotices(io, select(io, backend, source), tally);
    if (flags.dryRun) await preview(io, chunks, flags);
    else {
      const confirmation = await confirmed(io, backend, source, chunks, flags, tally);
      await replayAll(io, backend, confirmation, flags, tally);
    }
  });
  if (tally.isIncomplete || tally.outcomes.has('FAILED')) throw new ExitError(EXIT.failed);
}
