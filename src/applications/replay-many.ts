import type { ApplicationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { groupsOf } from '../lib/groups-of';
import { newId } from '../lib/ids';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { replayApplication } from './replay';
import { isSkippedReplay, type ReplaySelection } from './replay-filter';
import { addReplayed, saveRun } from './replay-run';

/** At most so many applications are replayed in one run, so that Redis can keep their ids. */
export const MOST_REPLAYED = 10_000;

/** Applications in each step, as in `conv replay`. */
const AT_ONCE = 16;

/** What a run is started with. */
export interface ReplayRequest {
  /** Read chunk by chunk, while the run goes on. */
  chunks: AsyncIterable<ReplaySelection>;
  /** How many the operator confirmed: more are not replayed, also if the selection has grown. */
  total: number;
  /** The name of the operator's token. */
  askedBy: string;
  requestId: string;
}

/** What a run needs. */
export interface ReplayDeps {
  database: Database;
  queue: ApplicationQueue;
  log: Logger;
  /** Aborts when the process stops; the run then stops too. */
  stopping: AbortSignal;
}

/** Replays a group. Returns those that were replayed. */
async function replayGroup(
  { database, queue }: ReplayDeps,
  group: readonly ApplicationView[],
  requestId: string,
): Promise<ApplicationView[]> {
  const replayOne = async (application: ApplicationView): Promise<ApplicationView[]> => {
    try {
      await replayApplication(database, queue, application.id, requestId);
      return [application];
    } catch (error) {
      if (isSkippedReplay(error)) return [];
      throw error;
    }
  };
  return (await Promise.all(group.map(replayOne))).flat();
}

/** Replays all that is selected, up to the confirmed number. */
async function run(deps: ReplayDeps, id: string, request: ReplayRequest): Promise<void> {
  const { queue, stopping } = deps;
  let left = Math.min(request.total, MOST_REPLAYED);
  let skipped = 0;
  for await (const { applications, waiting, erased, accepted } of request.chunks) {
    skipped += waiting.length + erased.length + accepted.length;
    for (const group of groupsOf(AT_ONCE, applications.slice(0, left))) {
      if (stopping.aborted) {
        await saveRun(queue, { id, state: 'STOPPED', error: 'its web process has ended' });
        return;
      }
      const replayed = await replayGroup(deps, group, request.requestId);
      await addReplayed(queue, id, replayed);
      skipped += group.length - replayed.length;
      left -= group.length;
      await saveRun(queue, { id, skipped });
    }
    if (left === 0) break;
  }
  await saveRun(queue, { id, skipped, state: 'DONE' });
}

/**
 * Starts to replay many applications, in steps, and returns the id of the run at once. What is not replayed when the run stops early
 * stays FAILED, so that an operator finds it again.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function startReplayRun(deps: ReplayDeps, request: ReplayRequest): Promise<string> {
  const { queue, log } = deps;
  const { id, createdAt } = newId();
  await saveRun(queue, {
    id,
    asked_by: request.askedBy,
    started_at: createdAt.toISOString(),
    total: request.total,
    skipped: 0,
    state: 'RUNNING',
  });
  void run(deps, id, request).catch(async (error: unknown) => {
    log.warn({ err: error, replay_run: id }, 'replay of many applications stopped');
    const reason = error instanceof ConvError ? error.detail : 'an unexpected error: see the log of web';
    await saveRun(queue, { id, state: 'STOPPED', error: reason }).catch(() => undefined); // Redis is down: it counts as lost.
  });
  return id;
}
