import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromGenerator, LoadJob, LoadResult, ToGenerator } from './job';

/** The load generator, a process of its own: it must not share a thread with whoever watches the outcome. */
export interface Load {
  /** Makes requests and connections, before any clock starts. */
  prepare: (job: LoadJob) => Promise<void>;
  /** @throws Error where an answer was none of 200 and 202 */
  run: () => Promise<LoadResult>;
  stop: () => void;
}

const WELL = ['200', '202'];

export async function startLoad(): Promise<Load> {
  const child = fork(join(__dirname, 'generator.js'));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the load generator ended')));
  ended.catch(() => undefined); // Whoever waits for an answer is told.

  async function answer(): Promise<FromGenerator> {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [FromGenerator];
    if ('error' in message) throw new Error(message.error);
    return message;
  }

  async function ask(message: ToGenerator): Promise<FromGenerator> {
    const answered = answer();
    child.send(message);
    return answered;
  }

  await answer();
  return {
    async prepare(job) {
      await ask({ prepare: job });
    },
    async run() {
      const message = await ask({ go: true });
      if (!('result' in message)) throw new Error('the load generator did not run');
      const { statuses } = message.result;
      if (Object.keys(statuses).some((status) => !WELL.includes(status)))
        throw new Error(`not all answers were 200 or 202: ${JSON.stringify(statuses)}`);
      return message.result;
    },
    stop: () => void child.kill(),
  };
}
