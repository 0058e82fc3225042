import { eventually } from '../../support/eventually';
import type { TestDatabase } from '../../support/database';
import { call, type TestWeb } from '../../support/web';

/** Reads conversations, so many requests at once, until the returned function is called. */
export function readConversations(web: TestWeb, atOnce: number): () => Promise<unknown> {
  let stopped = false;
  const reader = async () => {
    while (!stopped) await (await call(web, 'GET', '/conversations')).text();
  };
  const readers = Promise.all(Array.from({ length: atOnce }, reader));
  return () => {
    stopped = true;
    return readers;
  };
}

/** Holds the lock that every process takes to show events to readers, as one that hangs does. Returns a function that releases it. */
export async function lockEventPositions({ database: { sequelize } }: TestDatabase) {
  const transaction = await sequelize.transaction();
  await sequelize.query('SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0', {
    transaction,
  });
  await sequelize.query(`SELECT pg_advisory_xact_lock(hashtext('conv.assign_event_positions'))`, {
    transaction,
  });
  return () => transaction.rollback();
}

/** Moves the first attempts of all pushes into the past, so that the next attempt that fails is the last. */
export async function giveUpPushes({ database: { sequelize } }: TestDatabase): Promise<void> {
  await eventually(async () => {
    const [rows] = await sequelize.query(
      `UPDATE event_deliveries SET first_attempt_at = first_attempt_at - interval '25 hours'
       WHERE status = 'PENDING' AND first_attempt_at IS NOT NULL RETURNING 1`,
    );
    return rows.length > 0;
  });
}
