import { insertCandidate } from './rows';
import type { TestDatabase } from './database';
import { eventually } from './eventually';

export interface CandidateLock {
  /** Resolves when a job waits for this candidate, so that it is in a worker's hands. */
  waitForJob(): Promise<unknown>;
  release(): Promise<void>;
}

/** Keeps every job of a candidate, new or known, in its worker's hands until it is released: a transaction holds its row or id. */
export async function lockCandidate({ database }: TestDatabase, candidateId: string): Promise<CandidateLock> {
  const { sequelize } = database;
  const transaction = await sequelize.transaction();
  const lock = transaction.LOCK.UPDATE;
  const known = await database.candidates.findByPk(candidateId, { transaction, lock });
  if (!known) await insertCandidate(sequelize, candidateId, undefined, transaction);
  let held = true;
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
      if (held) await transaction.rollback();
      held = false;
    },
  };
}
