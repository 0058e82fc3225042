import { randomBytes } from 'node:crypto';
import { createLogger } from '../../src/lib/log';
import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { openPushQueue, type PushQueue } from '../../src/queue/push';
import { atEnd } from './cleanup';
import { testUrls } from './env';
import { eventually } from './eventually';

export const quiet = createLogger('test', 'silent');

export interface TestQueue {
  queue: ApplicationQueue;
  push: PushQueue;
  redisUrl: string;
  prefix: string;
}

/** The queues for this test file alone, by a prefix of their own; removed afterwards. */
export function useQueue(): TestQueue {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const test = {} as TestQueue;
  beforeAll(async () => {
    const { redisUrl } = testUrls();
    const settings = { redisUrl, queuePrefix: prefix, keepCompletedSeconds: 3600 };
    const queue = openApplicationQueue(settings, quiet);
    const push = openPushQueue(settings, quiet);
    for (const { connection } of [queue, push]) await eventually(() => connection.status === 'ready');
    Object.assign(test, { queue, push, redisUrl, prefix });
  });
  atEnd(async () => {
    for (const one of [test.queue, test.push]) {
      await one.queue.obliterate({ force: true });
      await one.close();
    }
  });
  return test;
}
