import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';

/** A contestant without progress for this long is stuck. */
const STUCK_MS = 20_000;
const MIN_POLL_MS = 5;

/**
 * Polls a count until it reaches its goal. Polls seldom while the goal is far, to cost little.
 * @returns when it was reached, as `Date.now()`
 */
export async function untilReached(goal: number, count: () => Promise<number>): Promise<number> {
  const began = Date.now();
  let last = { count: -Infinity, at: began };
  for (;;) {
    const seen = await count();
    const now = Date.now();
    if (seen >= goal) return now;
    if (seen > last.count) last = { count: seen, at: now };
    else if (now - last.at > STUCK_MS) throw new Error(`stuck at ${seen} of ${goal}`);
    const rate = seen / Math.max(now - began, 1);
    const left = rate > 0 ? (goal - seen) / rate : 50;
    await wait(Math.min(Math.max(left / 2, MIN_POLL_MS), 250));
  }
}

/** Counts the rows that are newer than this call, by an index: counting millions of rows would be a load of its own. */
function countNew(pool: Pool, table: string, createdAt: string): () => Promise<number> {
  const since = new Date();
  const text = `SELECT count(*)::int AS count FROM ${table} WHERE ${createdAt} >= $1`;
  return async () => {
    const { rows } = await pool.query<{ count: number }>(text, [since]);
    return rows[0]?.count ?? 0;
  };
}

/** Count what was committed since the call. */
export const conversations = (pool: Pool) => countNew(pool, 'conversations', 'created_at');
export const applications = (pool: Pool) => countNew(pool, 'applications', 'received_at');
export const events = (pool: Pool) => countNew(pool, 'events', 'created_at');

/** Reads all tables, without ids and times, which differ between two runs of the same contestant. */
export async function contents(pool: Pool): Promise<object> {
  const queries = {
    candidates: `SELECT id, phone_number, first_name, last_name, email_address FROM candidates ORDER BY id`,
    applications: `SELECT id, job_id, candidate_id, status, reason, payload FROM applications ORDER BY id`,
    conversations: `SELECT application_id, candidate_id, job_id, status FROM conversations ORDER BY application_id`,
    links: `SELECT application_id FROM conversations
      JOIN applications ON conversation_id = conversations.id AND application_id = applications.id ORDER BY 1`,
    events: `SELECT type, application_id, data::jsonb - '{id,conversation_id,created_at,updated_at,received_at,processed_at}'::text[]
        AS data, (SELECT array_agg(key ORDER BY key) FROM json_object_keys(data) AS key) AS keys
      FROM events ORDER BY application_id, type`,
  };
  const found = await Promise.all(
    Object.entries(queries).map(async ([name, sql]) => [name, (await pool.query(sql)).rows] as const),
  );
  return Object.fromEntries(found);
}
