import { ConvError } from '../lib/errors';
import { withDeadline } from '../lib/shutdown';
import type { ApplicationQueue } from './applications';
import { QUEUE_TIMEOUT_MS, waitForQueue } from './open';
import { explainRefusal } from './redis-refusal';

/** Time for a connection that is being replaced. */
const RECONNECT_MS = 300;

/** Describes the cause for the log, which shows no messages of drivers. */
function describeCause(cause: unknown): string {
  if (cause instanceof ConvError) return 'too few replicas have the newest jobs: REDIS_MIN_REPLICAS';
  const refusal = explainRefusal(cause);
  return refusal ? `Redis refuses jobs: ${refusal.problem}: ${refusal.remedy}` : 'Redis cannot be reached';
}

/**
 * Checks that Redis accepts a write in the place of the queue: it is a primary, has the replicas it requires, memory and disk. `XX`
 * sets only a key that exists, and this one never does: Redis checks the command as it checks a job, and stores nothing.
 * @throws ConvError QUEUE_UNAVAILABLE with the cause
 */
export async function assertAcceptsJobs(open: ApplicationQueue): Promise<void> {
  const { queue, connection } = open;
  await waitForQueue(open, RECONNECT_MS);
  try {
    const write = connection.set(queue.toKey('readiness'), '', 'XX');
    if (
      await withDeadline(
        write.then(() => open.confirmReplicas()),
        QUEUE_TIMEOUT_MS,
      )
    )
      return;
  } catch (cause) {
    throw new ConvError('QUEUE_UNAVAILABLE', describeCause(cause), { cause });
  }
  throw new ConvError('QUEUE_UNAVAILABLE', 'Redis does not answer');
}
