import { callQueue, type ApplicationQueue } from './applications';
import type { PushQueue } from './push';

/** BullMQ's score of a delayed job: its time, and twelve bits for the order of jobs with the same time. */
const SCORES_PER_MS = 0x1000;

/** Returns when the next attempt of each of these jobs is due; one that is not delayed has none. */
export async function findNextAttempts(
  { queue, connection }: ApplicationQueue | PushQueue,
  jobIds: readonly string[],
): Promise<Map<string, Date>> {
  const scores = await callQueue(() =>
    Promise.all(jobIds.map((jobId) => connection.zscore(queue.toKey('delayed'), jobId))),
  );
  const due = jobIds.flatMap((jobId, n): [string, Date][] => {
    const score = scores[n] ?? null;
    return score === null ? [] : [[jobId, new Date(Math.floor(Number(score) / SCORES_PER_MS))]];
  });
  return new Map(due);
}
