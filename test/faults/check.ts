import { isDeepStrictEqual } from 'node:util';
import type { Sent } from './applications';
import { checkData, checkErasures } from './check-erasures';
import type { Erasure } from './erasures';
import type { SeenEvent } from './reader';
import { groupBy, type ApplicationRow, type ConversationRow, type EventRow, type Stored } from './stored';

/** A broken guarantee. `application` is the id of the application whose history explains it, if any. */
export interface Violation {
  kind: 'lost' | 'doubled' | 'contradictory';
  what: string;
  application?: string;
}

const STATUS_ORDER = ['CREATED', 'ONGOING', 'COMPLETED'];

export type Report = (kind: Violation['kind'], what: string, application?: string) => void;

/** Every acknowledged application has one outcome, for the event that was sent, and all responses agree with it. */
function checkSent(
  sent: readonly Sent[],
  erasures: readonly Erasure[],
  stored: Stored,
  report: Report,
): void {
  const erasureOf = new Map(erasures.map((erasure) => [erasure.candidateId, erasure]));
  const rows = groupBy(stored.applications, ({ id }) => id);
  const sentIds = new Set(sent.map(({ event }) => event.id));
  for (const { id } of stored.applications)
    if (!sentIds.has(id)) report('contradictory', `nobody sent ${id}`);
  for (const one of sent) {
    const { event, acknowledgedAt, responses } = one;
    const [row, second] = rows.get(event.id) ?? [];
    if (second) report('doubled', 'has two rows', event.id);
    if (!row && acknowledgedAt !== null) report('lost', 'was acknowledged and has no outcome', event.id);
    if (!row) continue;
    checkData(one, row, erasureOf.get(event.candidate_id), report);
    for (const view of responses.filter(({ status }) => status !== 'QUEUED' && status !== 'PROCESSING')) {
      const { status, reason, conversation_id } = view;
      if (row.status === status && row.reason === reason && row.conversation_id === conversation_id) continue;
      const stored = `${row.status} ${row.reason ?? row.conversation_id ?? ''}`;
      report(
        'contradictory',
        `was answered ${status} ${reason ?? conversation_id ?? ''}, but is stored as ${stored}`,
        event.id,
      );
    }
  }
}

/** The domain rules, counted over all rows and independent of constraints. */
function checkRules({ conversations }: Stored, report: Report): void {
  const active = conversations.filter(({ status }) => status !== 'COMPLETED');
  const once: [string, Map<string, ConversationRow[]>][] = [
    ['application', groupBy(conversations, (one) => one.application_id)],
    ['candidate and job', groupBy(conversations, (one) => `${one.candidate_id} ${one.job_id}`)],
    ['candidate, active', groupBy(active, (one) => one.candidate_id)],
  ];
  for (const [rule, groups] of once)
    for (const [key, group] of groups)
      if (group.length > 1)
        report('doubled', `${group.length} conversations of one ${rule}: ${key}`, group[1]?.application_id);
}

/** Every rejection has a conversation that caused it. */
function checkRejection(row: ApplicationRow, others: readonly ConversationRow[], report: Report): void {
  const causes = others.filter(
    (one) =>
      one.application_id !== row.id && (row.reason === 'ACTIVE_CONVERSATION' || one.job_id === row.job_id),
  );
  if (causes.length === 0)
    report('contradictory', `${String(row.reason)}, without a conversation that causes it`, row.id);
}

/** ACCEPTED applications and conversations belong together, one to one; other applications have none. */
function checkOutcomes({ applications, conversations }: Stored, report: Report): void {
  const byId = new Map(conversations.map((one) => [one.id, one]));
  const byApplication = groupBy(conversations, (one) => one.application_id);
  const byCandidate = groupBy(conversations, (one) => one.candidate_id);
  for (const row of applications) {
    const own = byApplication.get(row.id) ?? [];
    if (row.status === 'ACCEPTED') {
      if (byId.get(row.conversation_id ?? '')?.application_id !== row.id)
        report('lost', 'is ACCEPTED without its conversation', row.id);
    } else if (own.length > 0) report('contradictory', `is ${row.status} and has a conversation`, row.id);
    if (row.status === 'REJECTED') checkRejection(row, byCandidate.get(row.candidate_id) ?? [], report);
  }
}

/** Returns the events that an outcome and its conversation must have. */
function expectedEvents(status: string, conversationStatus: string): string[] {
  if (status === 'ACCEPTED') return STATUS_ORDER.slice(0, STATUS_ORDER.indexOf(conversationStatus) + 1);
  return status === 'REJECTED' ? ['application.rejected'] : [];
}

/** Returns the types of an application's events, of its conversation the statuses. */
function eventTypes(own: readonly EventRow[]): string[] {
  return own.map(({ type, data }) => (type.startsWith('application.') ? type : data.status));
}

/** Returns how many failures come first: an application that FAILED may be delivered again, and fail again or not. */
function countFailures(types: readonly string[]): number {
  const other = types.findIndex((type) => type !== 'application.failed');
  return other === -1 ? types.length : other;
}

/** Each outcome and each move has one event, in their order. */
function checkEvents({ applications, conversations, events }: Stored, report: Report): void {
  const byApplication = groupBy(events, ({ application_id }) => application_id);
  const status = new Map(conversations.map((one) => [one.id, one.status]));
  for (const row of applications) {
    const all = eventTypes(byApplication.get(row.id) ?? []);
    const failures = countFailures(all);
    if (row.status === 'FAILED' && failures === 0) report('lost', 'is FAILED without an event', row.id);
    const types = all.slice(failures);
    const last = status.get(row.conversation_id ?? '') ?? '';
    const expected = expectedEvents(row.status, last);
    if (isDeepStrictEqual(types, expected)) continue;
    const kind =
      types.length > expected.length ? 'doubled' : types.length < expected.length ? 'lost' : 'contradictory';
    report(kind, `has the events [${types.join(', ')}] instead of [${expected.join(', ')}]`, row.id);
  }
}

/** The reader of the feed saw every event once, in the order that the feed has at the end. */
function checkFollower(seen: readonly SeenEvent[], { events }: Stored, report: Report): void {
  const ids = seen.map(({ id }) => id);
  const expected = events.map(({ id }) => id);
  const twice = ids.length - new Set(ids).size;
  const seenIds = new Set(ids);
  const missing = expected.filter((id) => !seenIds.has(id)).length;
  if (twice > 0) report('doubled', `the reader saw ${twice} events twice`);
  if (missing > 0) report('lost', `the reader never saw ${missing} events`);
  if (twice === 0 && missing === 0 && !isDeepStrictEqual(ids, expected))
    report('contradictory', 'the reader saw the events in another order');
}

/** Every conversation has the status that the last successful move confirmed. */
function checkMoves(moved: ReadonlyMap<string, string>, { conversations }: Stored, report: Report): void {
  for (const { id, status, application_id } of conversations) {
    const confirmed = moved.get(id) ?? 'CREATED';
    if (confirmed !== status)
      report(
        'contradictory',
        `has the status ${status}, but the last response said ${confirmed}`,
        application_id,
      );
  }
}

/** What the clients did and saw. */
export interface Observed {
  sent: Sent[];
  erasures: Erasure[];
  seen: SeenEvent[];
  /** The last confirmed status of each moved conversation. */
  moved: ReadonlyMap<string, string>;
}

/** Compares everything sent, erased, answered and read with everything stored. */
export function check({ sent, erasures, seen, moved }: Observed, stored: Stored): Violation[] {
  const violations: Violation[] = [];
  const report: Report = (kind, what, application) =>
    violations.push({ kind, what, ...(application !== undefined && { application }) });
  checkSent(sent, erasures, stored, report);
  checkErasures(sent, erasures, stored, report);
  checkRules(stored, report);
  checkOutcomes(stored, report);
  checkEvents(stored, report);
  checkFollower(seen, stored, report);
  checkMoves(moved, stored, report);
  return violations;
}
