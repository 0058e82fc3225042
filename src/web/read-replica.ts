import type { Scope } from '../lib/domain';
import { ConvError, isContention, isOutage } from '../lib/errors';
import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';
import { withinDeadline } from '../lib/shutdown';
import type { Database } from '../models/connect';
import type { Context } from './context';

/** A replica that takes longer counts as unavailable. */
const ANSWER_WITHIN_MS = 2000;
/** After a failure one request tries the replica again after this time; the others read from the primary meanwhile. */
const RETRY_AFTER_MS = 5000;

/** Who may change something must see its own changes, and decides by what it reads. */
const CHANGING_SCOPES: readonly Scope[] = ['conversations:write', 'applications:write'];

/** Reads for requests, from the replica of DATABASE_READ_URL where the request may see older data. */
export interface Reader {
  /**
   * Runs `work` on the replica, or on the primary if the request needs the newest data, or if the replica is unavailable, busy, or
   * does not have the row yet.
   * @param onPrimary what to do on the primary instead of `work`
   */
  read<T>(
    ctx: Context,
    work: (database: Database) => Promise<T>,
    onPrimary?: (primary: Database) => Promise<T>,
  ): Promise<T>;
}

function needsNewest(ctx: Context): boolean {
  const isChanging = ctx.state.token?.scopes.some((scope) => CHANGING_SCOPES.includes(scope));
  return isChanging || /\bno-cache\b/i.test(ctx.get('Cache-Control'));
}

/** Whether the primary may have a better answer. A replica cancels a query that is in the way of its replay. */
function isWorthPrimary(error: unknown): boolean {
  const isMissing = error instanceof ConvError && error.code === 'NOT_FOUND';
  return isMissing || isOutage(error) || isContention(error);
}

const replicaLate = () => new ConvError('DATABASE_UNAVAILABLE', 'the read replica does not answer');

/**
 * Creates the reader of a web process.
 * @param replica null to read everything from the primary
 */
export function createReader(primary: Database, replica: Database | null, log: Logger): Reader {
  const outageLog = createOutageLog(log, 'read replica');
  let isFailing = false;
  let retryAt = 0;

  /** Also claims the next try, so that few requests wait for a replica that hangs. */
  function mayTry(): boolean {
    if (!isFailing) return true;
    if (performance.now() < retryAt) return false;
    retryAt = performance.now() + RETRY_AFTER_MS;
    return true;
  }

  /** @param error null, or any that the replica answered with */
  function noteOutcome(error: unknown): void {
    isFailing = isOutage(error);
    retryAt = performance.now() + RETRY_AFTER_MS;
    if (isFailing) outageLog.failed(error);
    else outageLog.recovered();
  }

  return {
    async read(ctx, work, onPrimary = work) {
      if (!replica || needsNewest(ctx) || !mayTry()) return onPrimary(primary);
      try {
        const result = await withinDeadline(work(replica), ANSWER_WITHIN_MS, replicaLate);
        noteOutcome(null);
        return result;
      } catch (error) {
        noteOutcome(error);
        if (!isWorthPrimary(error)) throw error;
        return onPrimary(primary);
      }
    },
  };
}
