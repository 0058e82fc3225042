import { openHub } from '../events/hub';
import type { Receiver } from '../events/post-event';
import type { Log } from '../log';
import type { Database } from '../models/connect';
import type { QueueSettings } from '../queue/open';
import { openPushQueue } from '../queue/push';
import { PATIENCE, type Patience } from './patience';
import { startPushWorker } from './push';
import { startRelay } from './relay';
import { startReminding } from './remind';

interface PushSettings extends QueueSettings {
  databaseUrl: string;
  receiver: Receiver | null;
}

/** Everything that pushes events to EVENTS_URL; nothing at all where it is not set. */
export function startPushing(
  settings: PushSettings,
  database: Database,
  log: Log,
  patience: Patience = PATIENCE,
): { close(): Promise<void> } {
  const { receiver } = settings;
  if (!receiver) return { close: () => Promise.resolve() };
  const queue = openPushQueue(settings, log);
  const hub = openHub(database, settings.databaseUrl, log);
  const relay = startRelay({ database, hub, queue, log });
  const worker = startPushWorker({ database, queue, receiver, patience, log }, settings);
  const reminding = startReminding(database, queue, patience.remind, log);
  return {
    async close() {
      await Promise.all([relay.close(), worker.close(), reminding.close()]);
      await Promise.all([hub.close(), queue.close()]);
    },
  };
}
