import type { TestQueue } from './queue';

/**
 * As if the time of all locks had run out, which takes ten seconds: the next worker that starts takes up the jobs that a killed one
 * left. In BullMQ's own keys, since it has no other way to say so.
 */
export async function expireLocks({ applications: queue }: TestQueue): Promise<void> {
  const { queue: applications, connection } = queue;
  const jobs = await applications.getJobs(['active']);
  const ids = jobs.flatMap(({ id }) => id ?? []);
  await connection.del(
    applications.toKey('stalled-check'),
    ...ids.map((id) => applications.toKey(`${id}:lock`)),
  );
  if (ids.length > 0) await connection.sadd(applications.toKey('stalled'), ...ids);
}
