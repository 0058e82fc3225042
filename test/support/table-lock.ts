import type { TestDatabase } from './database';

/**
 * Locks the conversations in a transaction, so that no application can be processed. Returns a function that releases the lock.
 * @param mode `ACCESS EXCLUSIVE` also keeps them from being read
 */
export async function lockTable(
  { database: { sequelize } }: TestDatabase,
  mode: 'SHARE' | 'ACCESS EXCLUSIVE' = 'SHARE',
): Promise<() => Promise<void>> {
  const transaction = await sequelize.transaction();
  // The product's connections end a transaction that is idle for some seconds; this one has to wait for workers.
  await sequelize.query('SET LOCAL idle_in_transaction_session_timeout = 0', { transaction });
  await sequelize.query(`LOCK TABLE conversations IN ${mode} MODE`, { transaction });
  return () => transaction.rollback();
}
