import type { ApplicationView, RejectionReason } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { failedApplications } from '../queue/present-job';
import { withDatabaseErrors } from '../models/database-errors';
import { findApplication } from './find';
import { listApplications } from './list';
import { MAX_LIMIT } from '../lists/page';

/** Selects processed applications for a replay. */
export interface ReplayFilter {
  status: ('FAILED' | 'REJECTED')[];
  reason?: RejectionReason[] | undefined;
  /** Inclusive. */
  since?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
}

async function selectRows(database: Database, filter: ReplayFilter): Promise<ApplicationView[]> {
  const selected: ApplicationView[] = [];
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
    selected.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return selected;
}

/** Selects failed jobs without a row: their worker was killed, or the database was unavailable, before the failure was recorded. */
async function selectFailedJobs(
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
  const recorded = new Set(rows.map(({ id }) => id));
  const failed = jobs.filter(({ id }) => !recorded.has(id));
  return failed.filter(({ received_at }) => {
    const received = new Date(received_at);
    return (!filter.since || received >= filter.since) && (!filter.until || received < filter.until);
  });
}

/** Returns the applications that match a filter, oldest first. */
export async function selectByFilter(
  database: Database,
  queue: ApplicationQueue,
  filter: ReplayFilter,
): Promise<ApplicationView[]> {
  const rows = await selectRows(database, filter);
  const ids = new Set(rows.map(({ id }) => id));
  // A failure may have been recorded between the two queries.
  const jobs = (await selectFailedJobs(database, queue, filter)).filter(({ id }) => !ids.has(id));
  return [...rows, ...jobs].sort((a, b) => (a.received_at < b.received_at ? -1 : 1));
}

/** Returns the applications with these ids, each once, and the ids that do not exist. */
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
