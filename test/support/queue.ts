import { randomBytes } from 'node:crypto';
import { createLog } from '../../src/log';
import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { atEnd } from './cleanup';
import { testUrls } from './env';
import { eventually } from './eventually';

export const quiet = createLog('test', 'silent');

export interface TestQueue {
  queue: ApplicationQueue;
  redisUrl: string;
  prefix: string;
}

/** A queue for this test file alone, by a prefix of its own; removed afterwards. */
export function useQueue(): TestQueue {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const test = {} as TestQueue;
  beforeAll(async () => {
    const { redisUrl } = testUrls();
    const settings = { redisUrl, queuePrefix: prefix, keepCompletedSeconds: 3600 };
    const queue = openApplicationQueue(settings, quiet);
    await eventually(() => queue.connection.status === 'ready');
    Object.assign(test, { queue, redisUrl, prefix });
  });
  atEnd(async () => {
    await test.queue.queue.obliterate({ force: true });
    await test.queue.close();
  });
  return test;
}
