import { sql, type Store } from './stores';

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

/** All rows of the database at the end. */
export interface Stored {
  applications: ApplicationRow[];
  conversations: ConversationRow[];
  /** In the order of the feed. */
  events: EventRow[];
}

/** Reads every row directly from PostgreSQL. */
export async function readStored(postgres: Store): Promise<Stored> {
  return {
    applications: await sql(postgres, 'SELECT * FROM applications'),
    conversations: await sql(postgres, 'SELECT * FROM conversations'),
    events: await sql(postgres, 'SELECT * FROM events ORDER BY position'),
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
