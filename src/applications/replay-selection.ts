import type { ApplicationView, RejectionReason } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { failedApplications } from '../queue/present-job';
import { withDatabaseErrors } from '../models/database-errors';
import { findApplication } from './find';
import { listApplications } from './list';
import { MAX_LIMIT } from '../lists/page';

/** What an operator asks to replay: everything decided that fits. */
export interface ReplayFilter {
  status: ('FAILED' | 'REJECTED')[];
  reason?: RejectionReason[] | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

async function fromDatabase(database: Database, filter: ReplayFilter): Promise<ApplicationView[]> {
  const chosen: ApplicationView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listApplications(database, {
      status: filter.status,
      reason: filter.reason,
      received_after: filter.since,
      received_before: filter.until,
      order: 'asc',
      limit: MAX_LIMIT,
      cursor,
    });
    chosen.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return chosen;
}

/** Failed jobs whose failure never reached the database: their worker was killed, or the database was away. */
async function fromQueue(
  database: Database,
  queue: ApplicationQueue,
  filter: ReplayFilter,
): Promise<ApplicationView[]> {
  if (!filter.status.includes('FAILED') || filter.reason) return [];
  const jobs = await failedApplications(queue);
  const ids = jobs.map(({ id }) => id);
  const rows = await withDatabaseErrors(() =>
    database.applications.findAll({ attributes: ['id'], where: { id: ids } }),
  );
  const decided = new Set(rows.map(({ id }) => id));
  const failed = jobs.filter(({ id }) => !decided.has(id));
  return failed.filter(({ received_at }) => {
    const received = new Date(received_at);
    return (!filter.since || received > filter.since) && (!filter.until || received < filter.until);
  });
}

/** The applications that a filter chooses, oldest first, each once. */
export async function selectByFilter(
  database: Database,
  queue: ApplicationQueue,
  filter: ReplayFilter,
): Promise<ApplicationView[]> {
  const rows = await fromDatabase(database, filter);
  const known = new Set(rows.map(({ id }) => id));
  const unknown = (await fromQueue(database, queue, filter)).filter(({ id }) => !known.has(id));
  return [...rows, ...unknown].sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
}

/** The applications of these ids; those that do not exist come back by id alone. */
export async function selectByIds(
  database: Database,
  queue: ApplicationQueue,
  ids: readonly string[],
): Promise<{ found: ApplicationView[]; missing: string[] }> {
  const found: ApplicationView[] = [];
  const missing: string[] = [];
  for (const id of new Set(ids)) {
    try {
      found.push(await findApplication(database, queue, id));
    } catch (error) {
      if (!(error instanceof ConvError) || error.code !== 'NOT_FOUND') throw error;
      missing.push(id);
    }
  }
  return { found, missing };
}
