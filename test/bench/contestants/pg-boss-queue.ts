import PgBoss from 'pg-boss';
import { setting } from './serve';

export const QUEUE = 'applications';

/** pg-boss on so many connections, without its own maintenance, which the trial is too short to need. */
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
