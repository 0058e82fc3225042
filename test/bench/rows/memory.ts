import { conversations, untilReached } from '../outcomes';
import type { Bench, Figures, Row } from '../row';
import { withPipeline } from './e2e';
import { conv } from './e2e-contestants';
import { startConv } from '../processes';
import { redisBytes } from '../spent';
import { CONNECTIONS, postTo } from './ingest';
import { readToken } from './readers';

const LIMIT_MB = 200;

/** Peak memory of web and worker during a burst of posts and reads of the largest pages. */
function underLoad({ lab, load, options }: Bench): Promise<Figures> {
  return withPipeline(lab, { start: conv }, async (bed, [web, worker]) => {
    const { burst } = options;
    const job = { url: web.url, connections: CONNECTIONS, rate: null };
    await load.prepare({ ...job, count: burst, send: { kind: 'posts', label: 'memory', from: 0 } });
    const committed = conversations(bed.pool);
    await Promise.all([load.run(), untilReached(burst, committed)]);
    const token = await readToken(bed);
    const paths = ['/conversations?limit=200'];
    await load.prepare({ ...job, count: Math.ceil(burst / 10), send: { kind: 'gets', paths, token } });
    await load.run();
    return { 'web MB': await web.peakMemory(), 'worker MB': (await worker?.peakMemory()) ?? NaN };
  });
}

/** Memory in Redis per waiting job; the jobs of the warm-up wait too. */
async function waiting(bench: Bench): Promise<Figures> {
  const { lab, options } = bench;
  await lab.redis.flushall();
  const before = await redisBytes(lab.redis);
  let held = NaN;
  await postTo(
    bench,
    { open: (bed) => startConv('web', bed) },
    { count: options.burst, rate: null },
    async () => {
      held = (await redisBytes(lab.redis)) - before;
    },
  );
  return { 'Redis bytes each': held / (options.burst + options.warmUp) };
}

/** Peak resident memory under load, and the memory of a waiting job. */
export function memory(bench: Bench): Row {
  return {
    subject: 'conv',
    contestants: [
      {
        name: 'conv',
        how: 'a burst of posts, then pages of 200, 64 connections',
        trial: () => underLoad(bench),
      },
      { name: 'conv, no worker', how: 'a burst of posts, all waiting', trial: () => waiting(bench) },
    ],
    goals: [
      { metric: 'web MB', atMost: LIMIT_MB },
      { metric: 'worker MB', atMost: LIMIT_MB },
    ],
  };
}
