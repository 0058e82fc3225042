import { openFeedHub } from '../events/feed-hub';
import type { Receiver } from '../events/post-event';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { QueueSettings } from '../queue/open';
import { openPushQueue } from '../queue/push';
import { PUSH_RETRY_POLICY, type PushRetryPolicy } from './push-retry-policy';
import { startPushWorker } from './push-worker';
import { startOutboxRelay } from './outbox-relay';
import { startPushReconciler } from './push-reconciler';

interface PushSettings extends QueueSettings {
  databaseUrl: string;
  receiver: Receiver | null;
}

/** Everything that pushes events to EVENTS_URL; nothing at all where it is not set. */
export function startPushing(
  settings: PushSettings,
  database: Database,
  log: Logger,
  patience: PushRetryPolicy = PUSH_RETRY_POLICY,
): { close(): Promise<void> } {
  const { receiver } = settings;
  if (!receiver) return { close: () => Promise.resolve() };
  const queue = openPushQueue(settings, log);
  const hub = openFeedHub(database, settings.databaseUrl, log);
  const relay = startOutboxRelay({ database, hub, queue, log });
  const worker = startPushWorker({ database, queue, receiver, patience, log }, settings);
  const reminding = startPushReconciler(database, queue, patience.remind, log);
  return {
    async close() {
      await Promise.all([relay.close(), worker.close(), reminding.close()]);
      await Promise.all([hub.close(), queue.close()]);
    },
  };
}
