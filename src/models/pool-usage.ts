import type { Database } from './connect';

/** How busy a pool is. */
export interface PoolUsage {
  used: number;
  idle: number;
  /** Requests that wait for a connection. */
  waiting: number;
}

/** The pool of sequelize-pool; Sequelize's types leave it out. */
interface Pool {
  using: number;
  available: number;
  waiting: number;
}

/** Returns how many connections of the pool are used and idle, and how many requests wait for one. */
export function readPool({ sequelize }: Database): PoolUsage {
  const { pool } = sequelize.connectionManager as unknown as { pool: Pool };
  return { used: pool.using, idle: pool.available, waiting: pool.waiting };
}
