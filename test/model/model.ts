import type { ConversationStatus } from '../../src/lib/domain';

/** What is known of an application: which data it came with (a number stands for it, null for erased), and when. */
interface Known {
  candidate: string;
  job: string;
  data: number | null;
  received: number;
}

interface Row extends Known {
  status: 'ACCEPTED' | 'REJECTED' | 'FAILED';
  reason: string | null;
  /** When it was decided. */
  decided: number;
}

interface Job extends Known {
  waits: boolean;
  failed: boolean;
  /** For a replay: the decision that it is to replace. */
  replaces: number | null;
}

/** The rules of the domain in memory: the queue, the database, the events in order. Times are ticks of one clock. */
export interface State {
  clock: number;
  jobs: Record<string, Job>;
  rows: Record<string, Row>;
  conversations: { application: string; candidate: string; job: string; status: ConversationStatus }[];
  events: string[];
  people: Record<string, { data: number | null; received: number; erased: number }>;
}

export function emptyState(): State {
  return { clock: 0, jobs: {}, rows: {}, conversations: [], events: [], people: {} };
}

export interface Event {
  id: string;
  candidate: string;
  job: string;
  data: number;
}

/** The webhook: one job for each application id; what is known already is compared, of an erased one the ids alone. */
export function accept(state: State, { id, candidate, job, data }: Event): string {
  const known = state.jobs[id];
  if (known) {
    const same = known.candidate === candidate && known.job === job && [data, null].includes(known.data);
    return same ? '202 again' : '409';
  }
  const received = ++state.clock;
  state.jobs[id] = { candidate, job, data, received, waits: true, failed: false, replaces: null };
  return '202';
}

function isErased(state: State, job: Job, row: Row | undefined): boolean {
  return (
    job.data === null || row?.data === null || job.received <= (state.people[job.candidate]?.erased ?? 0)
  );
}

/** It cannot be decided any more: without a row, or over a failed one, that is kept; any other outcome stands. */
function fail(state: State, id: string, job: Job, row: Row | undefined): void {
  Object.assign(job, { data: null, failed: true });
  const { candidate, job: position, received } = job;
  if (row && row.status !== 'FAILED') return;
  const decided = ++state.clock;
  state.rows[id] = {
    candidate,
    job: position,
    data: null,
    received,
    decided,
    status: 'FAILED',
    reason: 'ERASED',
  };
}

function refusal(state: State, id: string, { candidate, job }: Job): string | null {
  const others = state.conversations.filter(
    (other) => other.candidate === candidate && other.application !== id,
  );
  if (others.some((other) => other.job === job)) return 'DUPLICATE_APPLICATION';
  return others.some(({ status }) => status !== 'COMPLETED') ? 'ACTIVE_CONVERSATION' : null;
}

/** The worker: the first outcome stands, whatever the job holds; only a replay of that very rejection is decided anew. */
export function decide(state: State, id: string): void {
  const [job, row] = [state.jobs[id], state.rows[id]];
  if (!job) return;
  job.waits = false;
  const stands = row?.status === 'ACCEPTED' || (row?.status === 'REJECTED' && job.replaces !== row.decided);
  if (row && stands) {
    const { candidate, job: position, data, received } = row;
    if (data !== job.data || candidate !== job.candidate || position !== job.job)
      Object.assign(job, { candidate, job: position, data, received });
    return;
  }
  if (isErased(state, job, row)) {
    fail(state, id, job, row);
    return;
  }
  const { candidate, data, received } = job;
  const person = state.people[candidate] ?? { data, received, erased: 0 };
  state.people[candidate] = person.received <= received ? { ...person, data, received } : person;
  const reason = refusal(state, id, job);
  const status = reason === null ? 'ACCEPTED' : 'REJECTED';
  state.rows[id] = { candidate, job: job.job, data, received, status, reason, decided: ++state.clock };
  if (reason === null)
    state.conversations.push({ application: id, candidate, job: job.job, status: 'CREATED' });
  state.events.push(`${reason === null ? 'conversation.created' : 'application.rejected'} ${id}`);
}

const NEXT: Readonly<Partial<Record<string, ConversationStatus>>> = {
  CREATED: 'ONGOING',
  ONGOING: 'COMPLETED',
};

/** One step forward, or staying; anything else is a conflict. */
export function move(state: State, application: string, to: ConversationStatus): string {
  const conversation = state.conversations.find((one) => one.application === application);
  if (!conversation) return '404';
  if (conversation.status === to) return '200';
  if (NEXT[conversation.status] !== to) return '409';
  conversation.status = to;
  state.events.push(`conversation.updated ${application}`);
  return '200';
}

/** The first half of a replay: whether its row lets it be sent again. An answer, or nothing yet. */
export function mayReplay({ rows }: State, id: string): string | null {
  const row = rows[id];
  return row && (row.status === 'ACCEPTED' || row.data === null) ? '409' : null;
}

/** The second half: into the queue, with what the row held at the first. */
export function replay(state: State, id: string, row: Row | null): string {
  const job = state.jobs[id];
  if (!job && !row) return '404';
  if (!row && job?.data === null) return '409';
  if (job?.waits) return '202';
  const { candidate = '', job: position = '', data = null, received = 0 } = row ?? job ?? {};
  const replaces = row?.decided ?? job?.replaces ?? null;
  state.jobs[id] = { candidate, job: position, data, received, replaces, waits: true, failed: false };
  return '202';
}

/** The database's half of an erasure; what was received until now is never stored again. */
export function eraseRows(state: State, candidate: string): string {
  const mine = (one: Known) => one.candidate === candidate;
  const rows = Object.values(state.rows).filter(mine);
  if (!rows.length && !state.people[candidate] && !Object.values(state.jobs).some(mine)) return 'unknown';
  const now = ++state.clock;
  state.people[candidate] = { data: null, received: now, erased: now };
  for (const row of rows) row.data = null;
  return 'erased';
}

/** The queue's half: jobs keep their ids. */
export function eraseJobs(state: State, candidate: string): void {
  const until = state.people[candidate]?.erased ?? 0;
  for (const job of Object.values(state.jobs))
    if (job.candidate === candidate && job.received <= until) job.data = null;
}

/** The queue forgets what is done, as it does after a day. */
export function forget(state: State, id: string): string {
  const { [id]: job, ...others } = state.jobs;
  if (!job || job.waits) return 'kept';
  state.jobs = others;
  return 'forgotten';
}

/** What `GET /applications/{id}` says. */
export function outcome({ rows, jobs }: State, id: string): string {
  const [row, job] = [rows[id], jobs[id]];
  const later = job && row?.status !== 'ACCEPTED' && (job.waits || job.failed);
  if (!row || (later && (job.replaces === row.decided || (row.status === 'FAILED' && job.waits)))) {
    if (!job) return '404';
    return job.waits ? 'QUEUED' : 'FAILED ERASED';
  }
  return `${row.status} ${row.reason ?? ''}`.trim();
}
