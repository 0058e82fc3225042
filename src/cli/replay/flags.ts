import type { ReplayFilter } from '../../applications/replay-filter';
import type { RejectionReason, ReplayableStatus } from '../../lib/domain';
import { isSenderName, NAME_FORM } from '../../lib/senders';
import { usageError } from '../exit-codes';
import { assertTimeWindow } from '../options';
import type { Format } from '../output';

export interface ReplayFlags {
  status?: ReplayableStatus[];
  reason?: RejectionReason[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
  failedSince?: Date;
  error?: string;
  file?: string;
  /** Who sent the events of the file. */
  sender?: string;
  /** Applications a second. */
  rate?: number;
  wait?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  output: Format;
}

/** Returns the statuses to select: those that the other flags allow, if none is named. */
function selectedStatuses({ status, reason, failedSince, error }: ReplayFlags): ReplayableStatus[] {
  const ofFailures = failedSince !== undefined || error !== undefined;
  if (reason && ofFailures)
    throw usageError(
      '--reason selects rejected and deferred applications, --failed-since and --error FAILED ones',
    );
  if (reason && status?.includes('FAILED'))
    throw usageError('--reason selects rejected and deferred applications only: leave out --status FAILED');
  if (ofFailures && status?.some((one) => one !== 'FAILED'))
    throw usageError(
      '--failed-since and --error select FAILED applications only: leave out the other statuses',
    );
  if (ofFailures) return ['FAILED'];
  return status ?? (reason ? ['REJECTED', 'DEFERRED'] : ['FAILED', 'REJECTED']);
}

/** @throws ConvError INVALID for a sender without a file, or a wrong name */
export function assertSender({ sender, file }: ReplayFlags): void {
  if (sender === undefined) return;
  if (file === undefined) throw usageError('--sender names who sent the events of a file: pass --file');
  if (!isSenderName(sender)) throw usageError(`invalid --sender: a name has ${NAME_FORM}`);
}

/** Returns the filter that the flags make, or null without one. @throws ConvError INVALID for flags that exclude each other */
export function readFilter(flags: ReplayFlags): ReplayFilter | null {
  const { status, reason, candidate, job, since, until, failedSince, error } = flags;
  const values = [status, reason, candidate, job, since, until, failedSince, error];
  if (values.every((value) => value === undefined)) return null;
  assertTimeWindow(flags);
  const statuses = selectedStatuses(flags);
  return { status: statuses, reason, candidate_id: candidate, job_id: job, since, until, failedSince, error };
}
