import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';
import { sql } from './stores';
import type { TestSystem } from './system';

const TERMINATE_EVERY_MS = 150;
const TERMINATE_ALL =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'conv %'";

/** Ends all sessions of web and workers again and again, so that some end in the moment in which they are ready. */
export async function terminateSessions(
  { postgres }: TestSystem,
  { lastsMs }: { lastsMs: number },
): Promise<void> {
  const until = Date.now() + lastsMs;
  while (Date.now() < until) {
    await sql(postgres, TERMINATE_ALL);
    await wait(TERMINATE_EVERY_MS);
  }
}

/** Locks in a transaction that nobody ends for a while. */
function holdLock(statement: string) {
  return async ({ postgres }: TestSystem, { lastsMs }: { lastsMs: number }): Promise<void> => {
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined); // PostgreSQL may be killed meanwhile, which releases the lock.
    try {
      await client.connect();
      await client.query('BEGIN');
      await client.query(statement);
    } catch {
      // PostgreSQL is unavailable: nothing is locked.
    }
    await wait(lastsMs);
    await client.end().catch(() => undefined);
  };
}

/** As CREATE INDEX does: reads go on, writes wait. */
export const lockTable = holdLock('LOCK TABLE conversations IN SHARE MODE');

/** As a forgotten transaction does. */
export const lockRows = holdLock('SELECT FROM candidates ORDER BY updated_at DESC LIMIT 50 FOR UPDATE');
