import type { Worker } from 'bullmq';
import type { RedisClient } from '../queue/connection';
import { withDeadline } from '../lib/shutdown';

const CHECK_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 1500;

async function answers(connection: RedisClient): Promise<boolean> {
  return withDeadline(connection.ping(), ANSWER_WITHIN_MS).catch(() => false);
}

/**
 * Stops a worker after its active jobs; the caller sets a deadline. Without Redis it does not wait for them: their results cannot
 * be stored, and another worker takes them over.
 */
export async function closeWorker(worker: Worker, connection: RedisClient): Promise<void> {
  const closing = worker.close();
  while (!(await withDeadline(closing, CHECK_EVERY_MS)) && (await answers(connection)));
  connection.disconnect();
}
