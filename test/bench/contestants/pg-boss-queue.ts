import PgBoss from 'pg-boss';
import { setting } from './serve';

export const QUEUE = 'applications';

/** Starts pg-boss with this many connections and without its maintenance, which a short trial does not need. */
export async function openBoss(connections: number): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: setting('DATABASE_URL'),
    max: connections,
    supervise: false,
    schedule: false,
  });
  boss.on('error', (error) => console.error('pg-boss', error.message));
  await boss.start();
  await boss.createQueue(QUEUE);
  return boss;
}
