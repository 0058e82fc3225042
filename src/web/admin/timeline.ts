import type { Dismissal } from '../../applications/dismiss';
import type { ApplicationView, FeedEvent } from '../../lib/domain';
import { pluralize } from '../../lib/pluralize';
import type { JobHistory } from '../../queue/job-history';
import { describePush, type Pushes } from './describe-push';

/** One thing that happened. */
export interface TimelineEntry {
  /** ISO 8601. */
  time: string;
  text: string;
  /** More about it, a line each. */
  details: string[];
}

/** What a time line is made of. Null and empty where it does not exist, and where its store is unavailable. */
export interface TimelineParts {
  application: ApplicationView;
  job: JobHistory | null;
  events: readonly FeedEvent[];
  pushes: Pushes | null;
  dismissal: Dismissal | null;
  erasedAt: string | null;
}

const EVENT_TEXTS: Readonly<Record<string, string>> = {
  'conversation.created': 'Conversation created',
  'conversation.updated': 'Conversation moved',
};

function describeEvent({ type, data, id, created_at }: FeedEvent, pushes: Pushes | null): TimelineEntry {
  const known = EVENT_TEXTS[type];
  const text = known === undefined ? `Event ${type}` : `${known}: ${data.status}`;
  const details = known === undefined ? [] : [`event ${type}`];
  return { time: created_at, text, details: [...details, ...describePush(id, pushes)] };
}

function describeAttempts({
  errors,
  request_id,
  replaces,
  last_attempt_at,
  next_attempt_at,
  lost_workers,
}: JobHistory): TimelineEntry[] {
  if (last_attempt_at === null) return [];
  const details = errors.map((error, n) => `attempt ${n + 1} failed: ${error}`);
  if (replaces !== null)
    details.unshift(`a replay of the outcome of ${replaces}, with request id ${request_id}`);
  if (lost_workers > 0) details.push(`${pluralize(lost_workers, 'worker')} lost while processing it`);
  if (next_attempt_at !== null) details.push(`next attempt at ${next_attempt_at}`);
  const text = details.length === 0 ? 'A worker began to process it' : 'Last attempt to process it';
  return [{ time: last_attempt_at, text, details }];
}

function describeReceipt({ received_at }: ApplicationView, job: JobHistory | null): TimelineEntry {
  // The job of a replay has the id of the request that asked for it.
  const details = job?.replaces === null ? [`request id ${job.request_id}, in the log of web`] : [];
  return { time: received_at, text: 'Received from the sender', details };
}

function describeOutcome({ status, reason, processed_at }: ApplicationView): TimelineEntry[] {
  if (processed_at === null) return [];
  return [{ time: processed_at, text: `Processed: ${status}`, details: reason === null ? [] : [reason] }];
}

/** Returns what happened to an application, oldest first. */
export function buildTimeline(parts: TimelineParts): TimelineEntry[] {
  const { application, job, events, pushes, dismissal, erasedAt } = parts;
  const entries = [
    describeReceipt(application, job),
    ...(job ? describeAttempts(job) : []),
    ...describeOutcome(application),
    ...events.map((event) => describeEvent(event, pushes)),
  ];
  if (dismissal)
    entries.push({
      time: dismissal.dismissed_at,
      text: `Dismissed by ${dismissal.dismissed_by}`,
      details: [],
    });
  if (erasedAt !== null) entries.push({ time: erasedAt, text: 'Personal data erased', details: [] });
  return entries.sort((a, b) => a.time.localeCompare(b.time));
}
