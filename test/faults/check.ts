import { isDeepStrictEqual } from 'node:util';
import type { Sent } from './applications';
import type { SeenEvent } from './reader';
import { groupBy, type ApplicationRow, type ConversationRow, type Stored } from './stored';

/** Something that must not be; `application` is the one whose history explains it, where there is one. */
export interface Fault {
  kind: 'lost' | 'doubled' | 'contradictory';
  what: string;
  application?: string;
}

const IN_ORDER = ['CREATED', 'ONGOING', 'COMPLETED'];

type Tell = (kind: Fault['kind'], what: string, application?: string) => void;

/** Every acknowledged application has one outcome, the one that its sender was told, on what was sent. */
function checkSent(sent: readonly Sent[], stored: Stored, tell: Tell): void {
  const rows = groupBy(stored.applications, ({ id }) => id);
  const known = new Set(sent.map(({ event }) => event.id));
  for (const { id } of stored.applications) if (!known.has(id)) tell('contradictory', `nobody sent ${id}`);
  for (const { event, acknowledged, told } of sent) {
    const [row, second] = rows.get(event.id) ?? [];
    if (second) tell('doubled', 'has two rows', event.id);
    if (!row && acknowledged) tell('lost', 'was acknowledged and has no outcome', event.id);
    if (!row) continue;
    if (!isDeepStrictEqual(row.payload, event)) tell('contradictory', 'was stored otherwise', event.id);
    if (row.status === 'FAILED') tell('lost', `FAILED: ${String(row.reason)}`, event.id);
    for (const view of told.filter(({ status }) => status !== 'QUEUED' && status !== 'PROCESSING')) {
      const { status, reason, conversation_id } = view;
      if (row.status === status && row.reason === reason && row.conversation_id === conversation_id) continue;
      const stands = `${row.status} ${row.reason ?? row.conversation_id ?? ''}`;
      tell(
        'contradictory',
        `its sender was told ${status} ${reason ?? conversation_id ?? ''}, stored is ${stands}`,
        event.id,
      );
    }
  }
}

/** The rules of the domain, counted over all rows and not left to any constraint. */
function checkRules({ conversations }: Stored, tell: Tell): void {
  const active = conversations.filter(({ status }) => status !== 'COMPLETED');
  const once: [string, Map<string, ConversationRow[]>][] = [
    ['application', groupBy(conversations, (one) => one.application_id)],
    ['candidate and job', groupBy(conversations, (one) => `${one.candidate_id} ${one.job_id}`)],
    ['candidate, active', groupBy(active, (one) => one.candidate_id)],
  ];
  for (const [rule, groups] of once)
    for (const [key, group] of groups)
      if (group.length > 1)
        tell('doubled', `${group.length} conversations of one ${rule}: ${key}`, group[1]?.application_id);
}

/** A rejection has something that stood against it. */
function checkRejection(row: ApplicationRow, others: readonly ConversationRow[], tell: Tell): void {
  const against = others.filter(
    (one) =>
      one.application_id !== row.id && (row.reason === 'ACTIVE_CONVERSATION' || one.job_id === row.job_id),
  );
  if (against.length === 0)
    tell('contradictory', `${String(row.reason)}, and nothing stands against it`, row.id);
}

/** ACCEPTED ones and conversations belong together, one to one; rejected ones have none, and a reason. */
function checkOutcomes({ applications, conversations }: Stored, tell: Tell): void {
  const byId = new Map(conversations.map((one) => [one.id, one]));
  const byApplication = groupBy(conversations, (one) => one.application_id);
  const byCandidate = groupBy(conversations, (one) => one.candidate_id);
  for (const row of applications) {
    const own = byApplication.get(row.id) ?? [];
    if (row.status === 'ACCEPTED') {
      if (byId.get(row.conversation_id ?? '')?.application_id !== row.id)
        tell('lost', 'is ACCEPTED without its conversation', row.id);
    } else if (own.length > 0) tell('contradictory', `is ${row.status} and has a conversation`, row.id);
    if (row.status === 'REJECTED') checkRejection(row, byCandidate.get(row.candidate_id) ?? [], tell);
  }
}

/** Each outcome has one event, and each move one, in their order. */
function checkEvents({ applications, conversations, events }: Stored, tell: Tell): void {
  const byApplication = groupBy(events, ({ application_id }) => application_id);
  const status = new Map(conversations.map((one) => [one.id, one.status]));
  for (const row of applications) {
    const own = byApplication.get(row.id) ?? [];
    const told = own.map(({ type, data }) => (type === 'application.rejected' ? type : data.status));
    const last = status.get(row.conversation_id ?? '') ?? '';
    const due =
      row.status === 'ACCEPTED' ? IN_ORDER.slice(0, IN_ORDER.indexOf(last) + 1) : ['application.rejected'];
    if (isDeepStrictEqual(told, due)) continue;
    const kind = told.length > due.length ? 'doubled' : told.length < due.length ? 'lost' : 'contradictory';
    tell(kind, `its events are [${told.join(', ')}] and not [${due.join(', ')}]`, row.id);
  }
}

/** A reader of the feed saw every event once, in the order that the feed has at the end. */
function checkFollower(seen: readonly SeenEvent[], { events }: Stored, tell: Tell): void {
  const ids = seen.map(({ id }) => id);
  const due = events.map(({ id }) => id);
  const twice = ids.length - new Set(ids).size;
  const known = new Set(ids);
  const missing = due.filter((id) => !known.has(id)).length;
  if (twice > 0) tell('doubled', `the reader saw ${twice} events twice`);
  if (missing > 0) tell('lost', `the reader never saw ${missing} events`);
  if (twice === 0 && missing === 0 && !isDeepStrictEqual(ids, due))
    tell('contradictory', 'the reader saw the events in another order');
}

/** Conversations stand where the process that moved them was told that they stand. */
function checkMoves(moved: ReadonlyMap<string, string>, { conversations }: Stored, tell: Tell): void {
  for (const { id, status, application_id } of conversations) {
    const told = moved.get(id) ?? 'CREATED';
    if (told !== status) tell('contradictory', `was told to be ${told} and is ${status}`, application_id);
  }
}

/** Compares what was sent, told and seen with what is stored, one by one. */
export function check(
  { sent, seen, moved }: { sent: Sent[]; seen: SeenEvent[]; moved: ReadonlyMap<string, string> },
  stored: Stored,
): Fault[] {
  const faults: Fault[] = [];
  const tell: Tell = (kind, what, application) =>
    faults.push({ kind, what, ...(application !== undefined && { application }) });
  checkSent(sent, stored, tell);
  checkRules(stored, tell);
  checkOutcomes(stored, tell);
  checkEvents(stored, tell);
  checkFollower(seen, stored, tell);
  checkMoves(moved, stored, tell);
  return faults;
}
