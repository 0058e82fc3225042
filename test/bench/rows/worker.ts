import { readSettings } from '../../../src/lib/config';
import { addAll, distinctEvents, openQueue } from '../backlog';
import { mixedEvents } from '../events';
import { ROOT, type Bed } from '../lab';
import { applications, contents, events, untilReached } from '../outcomes';
import { cpuOf, startContestant, startConv, type Running } from '../processes';
import type { Bench, Contestant, Figures, Row } from '../row';
import { assertSame } from '../same';

/** Share of the burst for the slowest contestant, which needs less for a rate. */
const NAIVE_SHARE = 0.1;

/** Returns the default of WORKER_CONCURRENCY. */
export function defaultConcurrency(): number {
  return readSettings({ DATABASE_URL: 'postgres://x/x', REDIS_URL: 'redis://x' }).workerConcurrency;
}

interface Work {
  /** The checkout that runs, if not this one. */
  root?: string;
  start: (bed: Bed) => Promise<Running[]>;
  /** Counts the processed jobs by their results. */
  done: (bed: Bed) => () => Promise<number>;
  /** An existing database, which is kept; by default a new one. */
  on?: Bed;
}

/** Fills a paused queue, resumes it and measures until the workers have processed the backlog. */
export async function drainBacklog({ lab, options }: Bench, count: number, work: Work): Promise<Figures> {
  const bed = work.on ?? (await lab.bed(work.root));
  if (work.on) await lab.redis.flushall();
  const label = String(Date.now()); // A kept database contains the applications of earlier trials.
  const queue = await openQueue(bed);
  const workers = await work.start(bed);
  const done = work.done(bed);
  try {
    const before = (await done()) + options.warmUp;
    await addAll(queue, distinctEvents(`warm-${label}`, options.warmUp));
    await untilReached(before, done);
    await queue.queue.pause();
    await addAll(queue, distinctEvents(`backlog-${label}`, count));
    const cpuBefore = await cpuOf(workers);
    const began = Date.now();
    await queue.queue.resume();
    const ended = await untilReached(before + count, done);
    const cpuEach = ((await cpuOf(workers)) - cpuBefore) / count;
    const memory = await Promise.all(workers.map((worker) => worker.peakMemory()));
    return { 'jobs/s': (count * 1000) / (ended - began), 'CPU µs each': cpuEach, MB: Math.max(...memory) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await queue.close();
    if (!work.on) await bed.drop();
  }
}

function noop(bench: Bench, name: string, concurrency: number): Contestant {
  const work: Work = {
    start: async (bed) => [await startContestant('noop-worker', bed, { CONCURRENCY: String(concurrency) })],
    done: () => () => bench.lab.redis.zcard('conv:applications:completed'),
  };
  return {
    name,
    how: `BullMQ worker that does nothing, concurrency ${concurrency}`,
    trial: () => drainBacklog(bench, bench.options.burst, work),
  };
}

const startNaive = (bed: Bed) => startContestant('naive-worker', bed, { CONCURRENCY: '10' });

/** Checks that both produce the same results for every kind of application. */
async function check({ lab }: Bench): Promise<void> {
  const found = new Map<string, unknown>();
  const contestants = { conv: (bed: Bed) => startConv('worker', bed), findOrCreate: startNaive };
  for (const [name, open] of Object.entries(contestants)) {
    const bed = await lab.bed();
    const queue = await openQueue(bed);
    const worker = await open(bed);
    const seen = new Set<string>();
    const decided = applications(bed.pool);
    for (const event of mixedEvents()) {
      await addAll(queue, [event]);
      await untilReached(seen.add(event.id).size, decided);
    }
    found.set(name, await contents(bed.pool));
    await worker.stop();
    await queue.close();
    await bed.drop();
  }
  assertSame('worker', found);
}

/** From a backlog of distinct applications to conversations with events. */
export function worker(bench: Bench): Row {
  const { burst } = bench.options;
  const ours = defaultConcurrency();
  return {
    subject: 'conv',
    contestants: [
      ...[{ name: 'conv', root: ROOT }, ...bench.options.checkouts].map(({ name, root }) => ({
        name,
        how: `worker process of ${root}, its default concurrency ${ours}, log`,
        trial: () =>
          drainBacklog(bench, burst, {
            root,
            start: async (bed) => [await startConv('worker', bed)],
            done: (bed) => events(bed.pool),
          }),
      })),
      noop(bench, 'no-op, same c', ours),
      noop(bench, 'no-op, c=50', 50),
      noop(bench, 'no-op, c=100', 100),
      {
        name: 'findOrCreate',
        how: `Sequelize findOrCreate in a transaction, concurrency 10, backlog ${burst * NAIVE_SHARE}`,
        trial: () =>
          drainBacklog(bench, burst * NAIVE_SHARE, {
            start: async (bed) => [await startNaive(bed)],
            done: (bed) => events(bed.pool),
          }),
      },
    ],
    goals: [
      ...['no-op, same c', 'no-op, c=50', 'no-op, c=100'].map((against) => ({
        metric: 'jobs/s',
        against,
        atLeast: 0.7,
      })),
      { metric: 'jobs/s', against: 'findOrCreate', atLeast: 10 },
    ],
    check: () => check(bench),
  };
}
