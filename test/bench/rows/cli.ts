import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bed } from '../lab';
import { ROOT } from '../lab';
import type { Bench, Row } from '../row';
import { seed } from '../seed';

const ROUNDS = 15;
const CONVERSATIONS = 50;

async function run(args: string[], env: NodeJS.ProcessEnv): Promise<{ ms: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], ...env },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}`);
  return { ms: performance.now() - began };
}

/** Measures commands from the start of the process to its end. */
export async function cli({ lab, options }: Bench): Promise<Row> {
  const bed: Bed = await lab.bed();
  await seed(bed.pool, CONVERSATIONS);
  const conv = join(ROOT, 'bin/conv');
  const stores = { DATABASE_URL: bed.databaseUrl, REDIS_URL: bed.redisUrl };
  return {
    subject: 'conv list',
    rounds: options.quick ? 2 : ROUNDS,
    contestants: [
      { name: 'node -e 0', how: 'Node alone', trial: () => run(['-e', '0'], {}) },
      { name: 'conv --help', how: 'touches no store', trial: () => run([conv, '--help'], {}) },
      { name: 'conv list', how: `${CONVERSATIONS} conversations`, trial: () => run([conv, 'list'], stores) },
    ],
    goals: [
      { metric: 'ms', of: 'conv --help', against: 'node -e 0', by: 'difference', atMost: 40 },
      { metric: 'ms', of: 'conv list', against: 'node -e 0', by: 'difference', atMost: 350 },
    ],
    end: () => bed.drop(),
  };
}
