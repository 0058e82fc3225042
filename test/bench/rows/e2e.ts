import type { Pool } from 'pg';
import { mixedEvents } from '../events';
import type { Bed, Lab } from '../lab';
import type { Load } from '../load/client';
import { applications, contents, conversations, untilReached } from '../outcomes';
import { cpuOf, machineCpu, type Running } from '../processes';
import type { Bench, Figures, Row } from '../row';
import { assertSame } from '../same';
import { postOne } from '../post-one';
import { checkoutPipeline, PIPELINES, type Pipeline } from './e2e-contestants';
import { CONNECTIONS } from './ingest';

/** Starts a pipeline, runs `use` on it and stops it. */
export async function withPipeline<T>(
  lab: Lab,
  { start, fsync, root }: Pick<Pipeline, 'start' | 'fsync' | 'root'>,
  use: (bed: Bed, processes: [Running, ...Running[]]) => Promise<T>,
): Promise<T> {
  const bed = await lab.bed(root);
  if (fsync) await lab.redis.config('SET', 'appendfsync', fsync);
  const processes = await start(bed);
  try {
    return await use(bed, processes);
  } finally {
    await Promise.all(processes.map((one) => one.stop()));
    await lab.redis.config('SET', 'appendfsync', 'always');
    await bed.drop();
  }
}

/** A burst to send. */
interface Burst<T> {
  label: string;
  count: number;
  /** Reads what was used so far; called when the burst is prepared, and at its end. */
  spent: () => Promise<T>;
}

/** Sends signed posts as fast as they are answered, until the last conversation is committed. */
export async function sendBurst<T>(
  load: Load,
  pool: Pool,
  url: string,
  { label, count, spent }: Burst<T>,
): Promise<{ figures: Figures; before: T; after: T }> {
  await load.prepare({
    url,
    connections: CONNECTIONS,
    rate: null,
    count,
    send: { kind: 'posts', label, from: 0 },
  });
  const committed = conversations(pool);
  const before = await spent();
  const [result, ended] = await Promise.all([load.run(), untilReached(count, committed)]);
  const figures = {
    'applications/s': (count * 1000) / (ended - result.began),
    'posts/s': result.rate,
    'p99 ms': result.p99,
  };
  return { figures, before, after: await spent() };
}

/** Measures a burst; a smaller one before it warms up. */
export function burstThrough(
  { lab, load, options }: Bench,
  pipeline: Pick<Pipeline, 'start' | 'fsync' | 'root'>,
  count: number,
): Promise<Figures> {
  return withPipeline(lab, pipeline, async ({ pool }, [web, ...workers]) => {
    const spent = () => cpuNow(web, workers);
    await sendBurst(load, pool, web.url, { label: 'warm', count: Math.min(options.warmUp, count), spent });
    const { figures, before, after } = await sendBurst(load, pool, web.url, { label: 'burst', count, spent });
    const workerMemory = await Promise.all(workers.map((worker) => worker.peakMemory()));
    return {
      ...figures,
      'web CPU µs each': (after.web - before.web) / count,
      'worker CPU µs each': (after.workers - before.workers) / count,
      'machine CPU µs each': (after.machine - before.machine) / count,
      'web MB': await web.peakMemory(),
      ...(workerMemory.length > 0 && { 'worker MB': Math.max(...workerMemory) }),
    };
  });
}

interface Cpu {
  web: number;
  workers: number;
  machine: number;
}

async function cpuNow(web: Running, workers: readonly Running[]): Promise<Cpu> {
  return { web: await web.cpu(), workers: await cpuOf(workers), machine: machineCpu() };
}

async function check(bench: Bench, takesPart: (name: string) => boolean): Promise<void> {
  const found = new Map<string, unknown>();
  for (const pipeline of PIPELINES.filter(({ name }) => takesPart(name)))
    await withPipeline(bench.lab, pipeline, async ({ pool }, [web]) => {
      const seen = new Set<string>();
      const decided = applications(pool);
      for (const event of mixedEvents()) {
        await postOne(web.url, event);
        await untilReached(seen.add(event.id).size, decided);
      }
      found.set(pipeline.name, await contents(pool));
    });
  assertSame('e2e', found);
}

/** From the post to the committed conversation, the same work for every contestant. */
export function e2e(bench: Bench): Row {
  const { burst } = bench.options;
  return {
    subject: 'conv',
    contestants: [...PIPELINES, ...bench.options.checkouts.map(checkoutPipeline)].map((pipeline) => ({
      name: pipeline.name,
      how: pipeline.share === 1 ? pipeline.how : `${pipeline.how}; burst ${burst * pipeline.share}`,
      trial: () => burstThrough(bench, pipeline, burst * pipeline.share),
    })),
    goals: PIPELINES.flatMap(({ name, goal }) =>
      goal === undefined ? [] : [{ metric: 'applications/s', against: name, atLeast: goal }],
    ),
    check: (takesPart) => check(bench, takesPart),
  };
}
