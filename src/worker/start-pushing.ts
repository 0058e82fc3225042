import { openFeedHub } from '../events/feed-hub';
import type { Receiver } from '../events/post-event';
import type { Metrics } from '../metrics/metrics';
import type { RedisSettings } from '../queue/connection';
import { startOutboxRelay, type RelayDeps } from './outbox-relay';
import { startPushReconciler } from './push-reconciler';
import { PUSH_RETRY_POLICY, type PushRetryPolicy } from './push-retry-policy';
import { startPushWorker } from './push-worker';

interface PushSettings extends RedisSettings {
  queuePrefix: string;
  databaseDirectUrl: string;
  /** Null turns pushing off. */
  receiver: Receiver | null;
}

type PushingDeps = Omit<RelayDeps, 'hub'> & { metrics: Metrics };

/** Starts everything that pushes events to EVENTS_URL: relay, push worker and reconciler. */
export function startPushing(
  settings: PushSettings,
  { database, queue, metrics, log }: PushingDeps,
  retryPolicy: PushRetryPolicy = PUSH_RETRY_POLICY,
): { close(): Promise<void> } {
  const { receiver } = settings;
  if (!receiver) return { close: () => Promise.resolve() };
  const hub = openFeedHub(database, settings.databaseDirectUrl, log);
  const relay = startOutboxRelay({ database, hub, queue, log });
  const worker = startPushWorker({ database, queue, receiver, retryPolicy, metrics, log }, settings);
  const reconciler = startPushReconciler(database, queue, retryPolicy.reconcileInterval, log);
  return {
    async close() {
      await Promise.all([relay.close(), worker.close(), reconciler.close()]);
      await hub.close();
    },
  };
}
