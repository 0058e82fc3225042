import { insertCandidate } from './rows';
import type { TestDatabase } from './database';
import { eventually } from './eventually';

/** A lock on a candidate that workers have to wait for. */
export interface CandidateLock {
  /** Resolves when a worker processes an application of this candidate and waits for the lock. */
  waitForJob(): Promise<unknown>;
  release(): Promise<void>;
}

/** Locks a candidate's row or, if it is new, its id in a transaction, so that workers wait until the lock is released. */
export async function lockCandidate({ database }: TestDatabase, candidateId: string): Promise<CandidateLock> {
  const { sequelize } = database;
  const transaction = await sequelize.transaction();
  // The product's connections end a transaction that is idle for some seconds; this one has to wait for workers.
  await sequelize.query('SET LOCAL idle_in_transaction_session_timeout = 0', { transaction });
  const lock = transaction.LOCK.UPDATE;
  const known = await database.candidates.findByPk(candidateId, { transaction, lock });
  if (!known) await insertCandidate(sequelize, candidateId, undefined, transaction);
  let locked = true;
  return {
    waitForJob: () =>
      eventually(async () => {
        const [rows] = await sequelize.query(
          `SELECT FROM pg_locks WHERE NOT granted AND transactionid IS NOT NULL AND pid IN (
             SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
        );
        return rows.length > 0;
      }),
    async release() {
      if (locked) await transaction.rollback();
      locked = false;
    },
  };
}
