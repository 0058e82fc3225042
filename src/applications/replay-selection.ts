import type { ApplicationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { MAX_LIMIT } from '../lists/page';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { findApplication } from './find';
import { listApplications } from './list';
import {
  addToSelection,
  emptySelection,
  listFilter,
  matchesReplayFilter,
  type ReplayFilter,
  type ReplaySelection,
} from './replay-filter';
import { findReplayabilities } from './replayability';
import { recordUnrecordedFailures } from './unrecorded-failures';

/** Adds the applications to the groups of the selection. */
async function addAll(
  selection: ReplaySelection,
  database: Database,
  queue: ApplicationQueue,
  applications: readonly ApplicationView[],
): Promise<void> {
  const replays = await findReplayabilities(database, queue, applications);
  applications.forEach((one, n) => addToSelection(selection, one, replays[n] ?? 'POSSIBLE'));
}

/** Yields the rows that match, page by page, oldest first. */
async function* readRows(database: Database, filter: ReplayFilter): AsyncGenerator<ApplicationView[]> {
  const query = listFilter(filter);
  let cursor: string | undefined;
  do {
    const page = await listApplications(database, { ...query, order: 'asc', limit: MAX_LIMIT, cursor });
    yield page.data.filter((application) => matchesReplayFilter(filter, application));
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/**
 * Yields the applications that match a filter, oldest first, a page of the list at a time: each page is read when it is asked for.
 * Failures that only the queue knows are recorded first.
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function* selectInChunks(
  database: Database,
  queue: ApplicationQueue,
  filter: ReplayFilter,
): AsyncGenerator<ReplaySelection> {
  if (filter.status.includes('FAILED')) await recordUnrecordedFailures(database, queue, new Date(0));
  for await (const applications of readRows(database, filter)) {
    const selection = emptySelection();
    await addAll(selection, database, queue, applications);
    yield selection;
  }
}

/** Returns the applications that match a filter, oldest first. Throws as {@link selectInChunks}. */
export async function selectByFilter(
  database: Database,
  queue: ApplicationQueue,
  filter: ReplayFilter,
): Promise<ReplaySelection> {
  const all = emptySelection();
  for await (const { applications, waiting, erased, accepted } of selectInChunks(database, queue, filter)) {
    all.applications.push(...applications);
    all.waiting.push(...waiting);
    all.erased.push(...erased);
    all.accepted.push(...accepted);
  }
  return all;
}

/** Returns the applications with these ids, each once, and the ids that do not exist. Throws as {@link selectByFilter}. */
export async function selectByIds(
  database: Database,
  queue: ApplicationQueue,
  ids: readonly string[],
): Promise<ReplaySelection & { missing: string[] }> {
  const selection = emptySelection();
  const missing: string[] = [];
  for (const id of new Set(ids)) {
    try {
      await addAll(selection, database, queue, [await findApplication(database, queue, id)]);
    } catch (error) {
      if (!(error instanceof ConvError) || error.code !== 'NOT_FOUND') throw error;
      missing.push(id);
    }
  }
  return { ...selection, missing };
}
