import type { Queue } from 'bullmq';
import { toJobId } from '../../src/queue/job-id';
import type { Sent } from './applications';
import { sql, type Store } from './stores';

export interface CandidateRow {
  id: string;
  phone_number: string | null;
  first_name: string | null;
  last_name: string | null;
  email_address: string | null;
}

export interface ApplicationRow {
  id: string;
  job_id: string;
  candidate_id: string;
  status: string;
  reason: string | null;
  conversation_id: string | null;
  payload: unknown;
  received_at: Date;
  processed_at: Date;
}

export interface ConversationRow {
  id: string;
  application_id: string;
  candidate_id: string;
  job_id: string;
  status: string;
}

export interface EventRow {
  id: string;
  type: string;
  application_id: string;
  data: { id: string; status: string };
}

/** All rows of the database at the end, and some jobs. */
export interface Stored {
  candidates: CandidateRow[];
  applications: ApplicationRow[];
  conversations: ConversationRow[];
  /** In the order of the feed. */
  events: EventRow[];
  /** The events in the jobs of erased candidates, by application. */
  jobs: Map<string, unknown>;
}

async function readJobs(queue: Queue, sent: readonly Sent[]): Promise<Map<string, unknown>> {
  const events = new Map<string, unknown>();
  for (const { event } of sent) {
    const job = await queue.getJob(toJobId(event.id));
    if (job) events.set(event.id, (job.data as { event: unknown }).event);
  }
  return events;
}

/**
 * Reads every row directly from PostgreSQL, and jobs from Redis.
 * @param erased the applications of erased candidates
 */
export async function readStored(postgres: Store, queue: Queue, erased: readonly Sent[]): Promise<Stored> {
  return {
    candidates: await sql(postgres, 'SELECT * FROM candidates'),
    applications: await sql(postgres, 'SELECT * FROM applications'),
    conversations: await sql(postgres, 'SELECT * FROM conversations'),
    events: await sql(postgres, 'SELECT * FROM events ORDER BY position'),
    jobs: await readJobs(queue, erased),
  };
}

/** Groups rows by a key. */
export function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}
