import type { TestDatabase } from './database';
import { runConv } from './processes';
import type { TestQueue } from './queue';

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder that holds no stack, so that no test finds one by accident. */
export const NO_STACK = '/nonexistent/conv';

/** `conv` on the stores of this test file. */
export function convOn(stores: TestDatabase, queue: TestQueue) {
  return (args: readonly string[], input?: string): Promise<Ran> =>
    runConv(
      args,
      {
        DATABASE_URL: stores.url,
        REDIS_URL: queue.redisUrl,
        QUEUE_PREFIX: queue.prefix,
        CONV_HOME: NO_STACK,
      },
      input,
    );
}

/** The lines of tab-separated output. */
export function cells(stdout: string): string[][] {
  return stdout === ''
    ? []
    : stdout
        .replace(/\n$/, '')
        .split('\n')
        .map((line) => line.split('\t'));
}

/** Standard output of a command that has to end well and to say nothing else. */
export function dataOf({ code, stdout, stderr }: Ran): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** What JSON a command that ends well prints. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says what the JSON should be
export function jsonOf<T>(ran: Ran): T {
  return JSON.parse(dataOf(ran)) as T;
}
