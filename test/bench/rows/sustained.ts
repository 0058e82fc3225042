import { setTimeout as wait } from 'node:timers/promises';
import { openQueue } from '../backlog';
import type { Bed } from '../lab';
import { untilReached } from '../outcomes';
import type { Running } from '../processes';
import type { Bench, Figures, Row } from '../row';
import { spentOnEach, spentSoFar } from '../spent';
import { median } from '../statistics';
import { burstThrough, withPipeline } from './e2e';
import { conv } from './e2e-contestants';
import { CONNECTIONS } from './ingest';

const SHARE = 0.7;

interface Sample {
  backlog: number;
  webMb: number;
  workerMb: number;
}

async function maximumRate(bench: Bench): Promise<number> {
  const measured = bench.results.e2e?.measured.find(({ name }) => name === 'conv');
  if (measured) return measured.metrics['applications/s']?.median ?? NaN;
  return (await burstThrough(bench, { start: conv }, bench.options.burst))['applications/s'] ?? NaN;
}

/** Returns the median of the last third of the run divided by that of the third before. */
function growthRatio(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const third = Math.floor(samples.length / 3);
  const values = samples.map(value);
  return median(values.slice(-third)) / median(values.slice(third, -third));
}

/** Starts the periodic work of both stores, so that even a short run contains it. */
async function rewriteAll({ lab }: Bench): Promise<void> {
  const rewriting = /aof_rewrite_in_progress:1/.test(await lab.redis.info('persistence'));
  if (!rewriting) await lab.redis.bgrewriteaof();
  await lab.sql('CHECKPOINT');
}

async function facts({ redis }: Bench['lab'], bed: Bed): Promise<Figures> {
  const found = async (section: string, name: string) =>
    Number(new RegExp(`${name}:(\\d+)`).exec(await redis.info(section))?.[1]);
  const text = 'SELECT num_timed + num_requested AS count FROM pg_stat_checkpointer';
  const { rows } = await bed.pool.query<{ count: string }>(text);
  return {
    'AOF rewrites since the start': await found('persistence', 'aof_rewrites'),
    'checkpoints since the start': Number(rows[0]?.count),
    'Redis MB': (await found('memory', 'used_memory')) / 2 ** 20,
  };
}

async function hold(bench: Bench, rate: number, bed: Bed, web: Running, worker: Running): Promise<Figures> {
  const { load, options } = bench;
  const seconds = options.minutes * 60;
  const count = Math.ceil(rate * seconds);
  const queue = await openQueue(bed);
  const inQueue = () => queue.queue.getJobCountByTypes('waiting', 'active');
  const send = { kind: 'posts', label: 'sustained', from: 0 } as const;
  await load.prepare({ url: web.url, connections: CONNECTIONS, count, rate, send });
  bench.say(`sustained: ${Math.round(rate)} posts/s for ${Math.round(seconds)} s`);
  const samples: Sample[] = [];
  const before = await spentSoFar(bench.lab.redis, bed.pool, web, worker);
  let ended = NaN;
  const posts = load.run().finally(() => (ended = Date.now()));
  const over = { yet: false };
  posts.finally(() => (over.yet = true)).catch(() => undefined); // Awaited below.
  const halfTime = wait(seconds * 500).then(() => rewriteAll(bench));
  halfTime.catch(() => undefined); // Awaited below.
  while (!over.yet) {
    await wait(Math.min(5000, seconds * 20));
    const [backlog, webMb, workerMb] = [await inQueue(), await web.memory(), await worker.memory()];
    samples.push({ backlog, webMb, workerMb });
    if (samples.length % 6 === 0)
      bench.say(
        `sustained: backlog ${backlog}, web ${Math.round(webMb)} MB, worker ${Math.round(workerMb)} MB`,
      );
  }
  const { p50, p99, rate: answered } = await posts;
  await halfTime;
  await untilReached(0, async () => -(await inQueue()));
  const drainSeconds = (Date.now() - ended) / 1000;
  await queue.close();
  const after = await spentSoFar(bench.lab.redis, bed.pool, web, worker);
  return {
    'posts/s': answered,
    'share of target rate': answered / rate,
    'p50 ms': p50,
    'p99 ms': p99,
    'backlog, median': median(samples.map(({ backlog }) => backlog)),
    'backlog, maximum': Math.max(...samples.map(({ backlog }) => backlog)),
    'seconds to drain backlog': drainSeconds,
    'web MB': median(samples.map(({ webMb }) => webMb)),
    'web growth': growthRatio(samples, ({ webMb }) => webMb),
    'worker MB': median(samples.map(({ workerMb }) => workerMb)),
    'worker growth': growthRatio(samples, ({ workerMb }) => workerMb),
    ...spentOnEach(before, after, count),
    ...(await facts(bench.lab, bed)),
  };
}

/** Minutes of load at 70 % of the maximum rate, with checkpoints and rewrites of the append-only file. */
export async function sustained(bench: Bench): Promise<Row> {
  const maximum = await maximumRate(bench);
  const rate = maximum * SHARE;
  return {
    subject: 'conv',
    rounds: 1,
    contestants: [
      {
        name: 'conv',
        how: `${Math.round(rate)} posts/s for ${bench.options.minutes} minutes; the maximum was ${Math.round(maximum)}`,
        trial: () =>
          withPipeline(bench.lab, { start: conv }, (bed, [web, worker]) => {
            if (!worker) throw new Error('there is no worker');
            return hold(bench, rate, bed, web, worker);
          }),
      },
    ],
    goals: [
      { metric: 'share of target rate', atLeast: 0.99 },
      { metric: 'seconds to drain backlog', atMost: 2 },
      { metric: 'web growth', atMost: 1.1 },
      { metric: 'worker growth', atMost: 1.1 },
    ],
  };
}
