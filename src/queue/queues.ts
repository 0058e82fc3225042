import type { Logger } from '../lib/log';
import { openApplicationQueue, type ApplicationQueue } from './applications';
import { connectForCommands, type RedisClient } from './connection';
import type { QueueSettings } from './open';
import { openPushQueue, type PushQueue } from './push';

/** Both queues, on the one connection for ordinary commands that a process has. Workers have others, which block. */
export interface Queues {
  applications: ApplicationQueue;
  push: PushQueue;
  connection: RedisClient;
  close(): Promise<void>;
}

/** Opens both queues without waiting for Redis; the connection connects, and reconnects, in the background. */
export function openQueues(settings: QueueSettings, log: Logger): Queues {
  const connection = connectForCommands(settings);
  const applications = openApplicationQueue(settings, log, connection);
  const push = openPushQueue(settings, log, connection);
  return {
    applications,
    push,
    connection,
    async close() {
      await Promise.all([applications.close(), push.close()]);
      connection.disconnect();
    },
  };
}
