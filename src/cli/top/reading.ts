import { listApplications } from '../../applications/list';
import type { ApplicationView } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import { withinDeadline } from '../../lib/shutdown';
import { describePeriod, readOverview, type Overview, type Period } from '../../metrics/overview';
import type { SystemDeps } from '../../metrics/system';
import type { Totals } from '../../metrics/totals';
import type { ApplicationBackend, ShownApplication } from '../backend/backend';

const FAILURES = 100;
/** A database that hangs must not stop the figures of Redis. */
const ANSWER_WITHIN_MS = 3000;

/** What was read, or why it cannot be read. */
export type Result<T> = { value: T } | { problem: string };

/** Everything that the screen shows of one moment. */
export interface Reading {
  at: Date;
  overview: Result<Overview>;
  /** Since the first reading; null without Redis. */
  sinceStart: Period | null;
  /** FAILED applications that nobody dismissed, newest first. */
  failures: Result<ApplicationView[]>;
  /** The open application; null if there is none. */
  application: { id: string; shown: Result<ShownApplication> } | null;
}

/** Returns what `work` returns, or the error in one line, for example if the store is down. */
async function attempt<T>(work: Promise<T>): Promise<Result<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (!(error instanceof ConvError)) throw error;
    return { problem: error.detail };
  }
}

const late = () => new ConvError('DATABASE_UNAVAILABLE', 'PostgreSQL does not answer');

/** As {@link attempt}, with a time limit. */
function attemptInTime<T>(work: Promise<T>): Promise<Result<T>> {
  return attempt(withinDeadline(work, ANSWER_WITHIN_MS, late));
}

/** Reads everything once. An outage is part of the reading and no error. */
export type Reader = (applicationId: string | null) => Promise<Reading>;

/**
 * Returns a function that reads everything.
 * @param applications shows the open application
 */
export function createReader(deps: SystemDeps, applications: Pick<ApplicationBackend, 'show'>): Reader {
  let first: Totals | null = null;
  let previous: Totals | null = null;
  return async (applicationId) => {
    const query = { status: ['FAILED' as const], dismissed: false, order: 'desc' as const, limit: FAILURES };
    const [overview, page, shown] = await Promise.all([
      attempt(readOverview(deps, previous)), // It has its own time limits.
      attemptInTime(listApplications(deps.database, query)),
      applicationId === null ? null : attemptInTime(applications.show(applicationId, true)),
    ]);
    const totals = 'value' in overview ? overview.value.totals : null;
    const sinceStart = totals && first && describePeriod(totals, first);
    first ??= totals;
    previous = totals ?? previous;
    const failures = 'value' in page ? { value: page.value.data } : page;
    const application = shown && applicationId !== null ? { id: applicationId, shown } : null;
    return { at: new Date(), overview, sinceStart, failures, application };
  };
}
