import type { ConversationStatus } from '../../src/lib/domain';

/** An application: its ids, its personal data (represented by a number, null if erased), and when it was received. */
interface ApplicationData {
  candidate: string;
  job: string;
  data: number | null;
  received: number;
}

interface Row extends ApplicationData {
  status: 'ACCEPTED' | 'REJECTED' | 'FAILED';
  reason: string | null;
  /** When it was processed. */
  processed: number;
}

interface Job extends ApplicationData {
  waits: boolean;
  failed: boolean;
  /** For a replay: the processing time of the outcome that it replaces. */
  replaces: number | null;
}

/** The domain rules in memory: queue, database, and events in order. Times are ticks of one clock. */
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

/** The webhook: one job per application id. A redelivery is compared with the job; of an erased one only the ids. */
export function accept(state: State, { id, candidate, job, data }: Event): string {
  const existing = state.jobs[id];
  if (existing) {
    const same =
      existing.candidate === candidate && existing.job === job && [data, null].includes(existing.data);
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

/** Fails a job whose data was erased. The failure is stored unless an outcome exists that it may not replace. */
function fail(state: State, id: string, job: Job, row: Row | undefined): void {
  Object.assign(job, { data: null, failed: true });
  const { candidate, job: position, received } = job;
  if (row && row.status !== 'FAILED' && (row.status === 'ACCEPTED' || row.processed !== job.replaces)) return;
  const processed = ++state.clock;
  state.rows[id] = {
    candidate,
    job: position,
    data: null,
    received,
    processed,
    status: 'FAILED',
    reason: 'ERASED',
  };
  state.events.push(`application.failed ${id}`);
}

function rejectionReason(state: State, id: string, { candidate, job }: Job): string | null {
  const others = state.conversations.filter(
    (other) => other.candidate === candidate && other.application !== id,
  );
  if (others.some((other) => other.job === job)) return 'DUPLICATE_APPLICATION';
  return others.some(({ status }) => status !== 'COMPLETED') ? 'ACTIVE_CONVERSATION' : null;
}

/** The worker: an existing outcome stays, unless the job is a replay of exactly that rejection. */
export function processJob(state: State, id: string): void {
  const [job, row] = [state.jobs[id], state.rows[id]];
  if (!job) return;
  job.waits = false;
  const isFinal =
    row?.status === 'ACCEPTED' || (row?.status === 'REJECTED' && job.replaces !== row.processed);
  if (row && isFinal) {
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
  const reason = rejectionReason(state, id, job);
  const status = reason === null ? 'ACCEPTED' : 'REJECTED';
  state.rows[id] = { candidate, job: job.job, data, received, status, reason, processed: ++state.clock };
  if (reason === null)
    state.conversations.push({ application: id, candidate, job: job.job, status: 'CREATED' });
  state.events.push(`${reason === null ? 'conversation.created' : 'application.rejected'} ${id}`);
}

const NEXT: Readonly<Partial<Record<string, ConversationStatus>>> = {
  CREATED: 'ONGOING',
  ONGOING: 'COMPLETED',
};

/** Moves one step forward or stays; anything else is a conflict. */
export function move(state: State, application: string, to: ConversationStatus): string {
  const conversation = state.conversations.find((one) => one.application === application);
  if (!conversation) return '404';
  if (conversation.status === to) return '200';
  if (NEXT[conversation.status] !== to) return '409';
  conversation.status = to;
  state.events.push(`conversation.updated ${application}`);
  return '200';
}

/** First step of a replay: returns the response if its row forbids it, else null. */
export function mayReplay({ rows }: State, id: string): string | null {
  const row = rows[id];
  return row && (row.status === 'ACCEPTED' || row.data === null) ? '409' : null;
}

/** Second step: adds the job, with the row as the first step read it. */
export function replay(state: State, id: string, row: Row | null): string {
  const job = state.jobs[id];
  if (!job && !row) return '404';
  if (!row && job?.data === null) return '409';
  if (job?.waits) return '202';
  const { candidate = '', job: position = '', data = null, received = 0 } = row ?? job ?? {};
  const replaces = row?.processed ?? job?.replaces ?? null;
  state.jobs[id] = { candidate, job: position, data, received, replaces, waits: true, failed: false };
  return '202';
}

/** First step of an erasure: the database. Data received until now is never stored again. */
export function eraseRows(state: State, candidate: string): string {
  const mine = (one: ApplicationData) => one.candidate === candidate;
  const rows = Object.values(state.rows).filter(mine);
  if (!rows.length && !state.people[candidate] && !Object.values(state.jobs).some(mine)) return 'unknown';
  const now = ++state.clock;
  state.people[candidate] = { data: null, received: now, erased: now };
  for (const row of rows) row.data = null;
  return 'erased';
}

/** Second step of an erasure: the queue. Jobs keep their ids. */
export function eraseJobs(state: State, candidate: string): void {
  const until = state.people[candidate]?.erased ?? 0;
  for (const job of Object.values(state.jobs))
    if (job.candidate === candidate && job.received <= until) job.data = null;
}

/** Removes a finished job, as the retention of the queue does after a day. */
export function forget(state: State, id: string): string {
  const { [id]: job, ...others } = state.jobs;
  if (!job || job.waits) return 'kept';
  state.jobs = others;
  return 'forgotten';
}

/** Returns what `GET /applications/{id}` answers. */
export function outcome({ rows, jobs }: State, id: string): string {
  const [row, job] = [rows[id], jobs[id]];
  const later = job && row?.status !== 'ACCEPTED' && (job.waits || job.failed);
  if (!row || (later && (job.replaces === row.processed || (row.status === 'FAILED' && job.waits)))) {
    if (!job) return '404';
    return job.waits ? 'QUEUED' : 'FAILED ERASED';
  }
  return `${row.status} ${row.reason ?? ''}`.trim();
}
