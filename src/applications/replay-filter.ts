import type { ApplicationView, RejectionReason, Replayability, ReplayableStatus } from '../lib/domain';
import { ConvError } from '../lib/errors';

/** Selects processed applications for a replay. */
export interface ReplayFilter {
  status: ReplayableStatus[];
  reason?: RejectionReason[] | undefined;
  /** The whole error of FAILED applications; not together with `reason`. */
  failure?: string | undefined;
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

const GROUPS: Readonly<Record<Replayability, keyof ReplaySelection>> = {
  POSSIBLE: 'applications',
  WAITING: 'waiting',
  ERASED: 'erased',
  PAYLOAD_REMOVED: 'erased',
  ACCEPTED: 'accepted',
};

export const emptySelection = (): ReplaySelection => ({
  applications: [],
  waiting: [],
  erased: [],
  accepted: [],
});

/** Adds an application to its group of a selection. */
export function addToSelection(
  selection: ReplaySelection,
  application: ApplicationView,
  replay: Replayability,
): void {
  selection[GROUPS[replay]].push(application);
}

/** Returns the part of a filter that a list of applications can select by. Dismissed failures are left out. */
export function listFilter(filter: ReplayFilter) {
  const { status, reason, failure, candidate_id, job_id, since, until } = filter;
  return {
    status,
    reason,
    failure,
    candidate_id,
    job_id,
    received_after: since,
    received_before: until,
    dismissed: false,
  };
}

/** Whether an application of that list also matches the rest of the filter. */
export function matchesReplayFilter(
  { failedSince, error }: ReplayFilter,
  { processed_at, reason }: ApplicationView,
): boolean {
  return (
    (!failedSince || new Date(processed_at ?? 0) >= failedSince) &&
    (error === undefined || (reason ?? '').toLowerCase().includes(error.toLowerCase()))
  );
}

/** Whether a replay was refused because its application got its conversation, or was erased, since it was selected. */
export function isSkippedReplay(error: unknown): error is ConvError {
  return error instanceof ConvError && (error.code === 'CONFLICT' || error.code === 'ERASED');
}
