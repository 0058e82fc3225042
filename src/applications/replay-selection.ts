import type { ApplicationView, RejectionReason, ReplayableStatus } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { MAX_LIMIT } from '../lists/page';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, findJob, type ApplicationQueue } from '../queue/applications';
import { findApplication } from './find';
import { isErased } from './erased-event';
import { listApplications } from './list';
import { recordUnrecordedFailures } from './unrecorded-failures';

/** Selects processed applications for a replay. */
export interface ReplayFilter {
  status: ReplayableStatus[];
  reason?: RejectionReason[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  /** When it was received, inclusive. */
  since?: Date | undefined;
  /** When it was received, exclusive. */
  until?: Date | undefined;
  /** When it failed, inclusive; selects FAILED applications only. */
  failedSince?: Date | undefined;
  /** Part of the error of a FAILED application, in upper or lower case. */
  error?: string | undefined;
}

/** Applications by what a replay does with them. */
export interface ReplaySelection {
  /** Processed again. */
  applications: ApplicationView[];
  /** Skipped: they wait in the queue already, or a worker has them. */
  waiting: ApplicationView[];
  /** Skipped: their personal data was erased, or removed after KEEP_PAYLOADS_DAYS, so nothing is left to process. */
  erased: ApplicationView[];
  /** Skipped: their conversation exists. */
  accepted: ApplicationView[];
}

type Group = keyof ReplaySelection;

/** Returns which of these applications have a row without personal data: erased, or removed after KEEP_PAYLOADS_DAYS. */
async function findErasedRows(database: Database, ids: readonly string[]): Promise<Set<string>> {
  const [rows] = (await withDatabaseErrors(() =>
    database.sequelize.query(
      `SELECT id FROM applications WHERE id = ANY ($1::text[]) AND (payload IS NULL OR payload->'candidate' = 'null')`,
      { bind: [ids] },
    ),
  )) as [{ id: string }[], unknown];
  return new Set(rows.map(({ id }) => id));
}

async function groupOf(
  queue: ApplicationQueue,
  { id, status }: ApplicationView,
  erasedRows: ReadonlySet<string>,
): Promise<Group> {
  if (status === 'ACCEPTED') return 'accepted';
  if (erasedRows.has(id)) return 'erased';
  const found = await callQueue(() => findJob(queue, id));
  if (found && found.state !== 'completed' && found.state !== 'failed') return 'waiting';
  return found && isErased(found.job.data.event) ? 'erased' : 'applications';
}

/** Adds the applications to the groups of the selection. */
async function addTo(
  selection: ReplaySelection,
  database: Database,
  queue: ApplicationQueue,
  applications: readonly ApplicationView[],
): Promise<void> {
  const erasedRows = await findErasedRows(
    database,
    applications.map(({ id }) => id),
  );
  const groups = await Promise.all(applications.map((one) => groupOf(queue, one, erasedRows)));
  applications.forEach((application, n) => selection[groups[n] ?? 'applications'].push(application));
}

/** Yields the rows that match, page by page, oldest first. */
async function* readRows(database: Database, filter: ReplayFilter): AsyncGenerator<ApplicationView[]> {
  const { status, reason, candidate_id, job_id, since: received_after, until: received_before } = filter;
  const query = { status, reason, candidate_id, job_id, received_after, received_before, dismissed: false };
  const error = filter.error?.toLowerCase();
  const matches = ({ processed_at, reason: cause }: ApplicationView) =>
    (!filter.failedSince || new Date(processed_at ?? 0) >= filter.failedSince) &&
    (error === undefined || (cause ?? '').toLowerCase().includes(error));
  let cursor: string | undefined;
  do {
    const page = await listApplications(database, { ...query, order: 'asc', limit: MAX_LIMIT, cursor });
    yield page.data.filter(matches);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

const emptySelection = (): ReplaySelection => ({ applications: [], waiting: [], erased: [], accepted: [] });

/**
 * Returns the applications that match a filter, oldest first. Failures that only the queue knows are recorded first.
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function selectByFilter(
  database: Database,
  queue: ApplicationQueue,
  filter: ReplayFilter,
): Promise<ReplaySelection> {
  if (filter.status.includes('FAILED')) await recordUnrecordedFailures(database, queue, new Date(0));
  const selection = emptySelection();
  for await (const applications of readRows(database, filter))
    await addTo(selection, database, queue, applications);
  return selection;
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
      await addTo(selection, database, queue, [await findApplication(database, queue, id)]);
    } catch (error) {
      if (!(error instanceof ConvError) || error.code !== 'NOT_FOUND') throw error;
      missing.push(id);
    }
  }
  return { ...selection, missing };
}
