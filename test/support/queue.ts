import { randomBytes } from 'node:crypto';
import { createLogger } from '../../src/lib/log';
import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { openPushQueue, type PushQueue } from '../../src/queue/push';
import { atEnd } from './cleanup';
import { testUrls } from './env';
import { eventually } from './eventually';

/** Writes nothing. */
export const silentLog = createLogger('test', 'silent');

/** The queues of one test file. */
export interface TestQueue {
  /** The application queue as web and worker open it. */
  applications: ApplicationQueue;
  /** BullMQ's own object of the application queue: counts, pause, resume, raw jobs. */
  bullmq: ApplicationQueue['queue'];
  push: PushQueue;
  redisUrl: string;
  prefix: string;
}

/**
 * Opens queues for this test file alone, under their own prefix, and removes them afterwards.
 * @param findUrl returns the address of another Redis than that of all tests, once it is started
 */
export function useQueue(findUrl = () => testUrls().redisUrl): TestQueue {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const test = {} as TestQueue;
  beforeAll(async () => {
    const redisUrl = findUrl();
    const settings = { redisUrl, queuePrefix: prefix };
    const applications = openApplicationQueue(settings, silentLog);
    const push = openPushQueue(settings, silentLog);
    for (const { connection } of [applications, push]) await eventually(() => connection.status === 'ready');
    Object.assign(test, { applications, bullmq: applications.queue, push, redisUrl, prefix });
  });
  atEnd(async () => {
    for (const one of [test.applications, test.push]) {
      await one.queue.obliterate({ force: true });
      await one.close();
    }
  });
  return test;
}
