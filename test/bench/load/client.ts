import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FromGenerator, LoadJob, LoadResult, ToGenerator } from './job';

/** The load generator: its own process, because it must not share a thread with the code that measures outcomes. */
export interface Load {
  /** Creates requests and connections before the clock starts. */
  prepare: (job: LoadJob) => Promise<void>;
  /** @throws Error if a status was neither 200 nor 202 */
  run: () => Promise<LoadResult>;
  stop: () => void;
}

const EXPECTED_STATUSES = ['200', '202'];

export async function startLoad(): Promise<Load> {
  const child = fork(join(__dirname, 'generator.js'));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the load generator ended')));
  ended.catch(() => undefined); // `answer` rejects with it.

  async function answer(): Promise<FromGenerator> {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [FromGenerator];
    if ('error' in message) throw new Error(message.error);
    return message;
  }

  async function request(message: ToGenerator): Promise<FromGenerator> {
    const answered = answer();
    child.send(message);
    return answered;
  }

  await answer();
  return {
    async prepare(job) {
      await request({ prepare: job });
    },
    async run() {
      const message = await request({ go: true });
      if (!('result' in message)) throw new Error('the load generator did not run');
      const { statuses } = message.result;
      if (Object.keys(statuses).some((status) => !EXPECTED_STATUSES.includes(status)))
        throw new Error(`not all answers were 200 or 202: ${JSON.stringify(statuses)}`);
      return message.result;
    },
    stop: () => void child.kill(),
  };
}
