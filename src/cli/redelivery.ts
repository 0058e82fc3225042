import type { Database } from '../models/connect';
import type { PushQueue } from '../queue/push';

/** Makes parked events pending again, with a new day to be delivered, and enqueues them. */
export async function redeliverParked(
  database: Database,
  push: PushQueue,
  eventIds: readonly string[],
): Promise<void> {
  const { resetPushDeliveries } = await import('../events/list-push-deliveries');
  const { ensurePushes } = await import('../queue/push');
  await resetPushDeliveries(database, eventIds, { pending: false });
  await ensurePushes(push, eventIds);
}

/** Resumes pushing. If it was paused, every pending event gets a new day, because the pause used up a part of the old one. */
export async function resumePushing(database: Database, push: PushQueue): Promise<void> {
  const { resetPushDeliveries } = await import('../events/list-push-deliveries');
  await resetPushDeliveries(database, [], { pending: await push.queue.isPaused() });
  await push.queue.resume();
}
