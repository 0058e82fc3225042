import type { Database } from '../models/connect';
import type { PushQueue } from '../queue/push';

/**
 * Makes parked events pending again and enqueues them. If pushing is paused, pending events get a new day to be delivered as well,
 * because the pause used up a part of theirs.
 */
export async function redeliverParked(
  database: Database,
  push: PushQueue,
  eventIds: readonly string[],
): Promise<void> {
  const { resetPushDeliveries } = await import('../events/list-push-deliveries');
  const { ensurePushes } = await import('../queue/push');
  await resetPushDeliveries(database, eventIds, { pending: await push.queue.isPaused() });
  await ensurePushes(push, eventIds);
}

/** Resumes pushing after a pause, and gives every pending event a new day to be delivered. */
export async function resumePushing(database: Database, push: PushQueue): Promise<void> {
  await redeliverParked(database, push, []);
  await push.queue.resume();
}
