import type { TestQueue } from './queue';

/**
 * Expires the locks of all active jobs at once, which takes ten seconds otherwise: the next worker that starts takes over the
 * jobs of a killed one. Writes BullMQ's own keys, because BullMQ has no call for it.
 */
export async function expireLocks({ bullmq, applications: { connection } }: TestQueue): Promise<void> {
  const jobs = await bullmq.getJobs(['active']);
  const ids = jobs.flatMap(({ id }) => id ?? []);
  await connection.del(bullmq.toKey('stalled-check'), ...ids.map((id) => bullmq.toKey(`${id}:lock`)));
  if (ids.length > 0) await connection.sadd(bullmq.toKey('stalled'), ...ids);
}
