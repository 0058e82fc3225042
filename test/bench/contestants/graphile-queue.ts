import { Logger } from 'graphile-worker';
import { Pool } from 'pg';
import { setting } from './serve';

export const TASK = 'application';

export const silent = new Logger(() => () => undefined);

/** Opens a pool that survives the end of a trial, when dropping the database closes its connections. */
export function openPool(max: number): Pool {
  const pool = new Pool({ connectionString: setting('DATABASE_URL'), max });
  pool.on('error', (error) => console.error('pool', error.message));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
