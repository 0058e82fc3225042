import { readSettings } from '../../../src/lib/config';
import { addAll, distinctEvents, openQueue } from '../backlog';
import { mixedEvents } from '../events';
import { ROOT, type Bed } from '../lab';
import { applications, contents, events, untilReached } from '../outcomes';
import { cpuOf, startContestant, startConv, type Running } from '../processes';
import type { Bench, Contestant, Figures, Row } from '../row';
import { assertSame } from '../same';

/** Many times slower than the others; a rate needs no more. */
const NAIVE_SHARE = 0.1;

/** What conv works at where nobody sets anything. */
export function standardConcurrency(): number {
  return readSettings({ DATABASE_URL: 'postgres://x/x', REDIS_URL: 'redis://x' }).workerConcurrency;
}

interface Work {
  /** The checkout that runs, if not this one. */
  root?: string;
  start: (bed: Bed) => Promise<Running[]>;
  /** How many jobs' work is done, by what it leaves. */
  done: (bed: Bed) => () => Promise<number>;
  /** A database made before, which is kept; a new one where it is not said. */
  on?: Bed;
}

/** Lets workers work off a backlog, and times it from the moment that it is let go. */
export async function workOff({ lab, options }: Bench, count: number, work: Work): Promise<Figures> {
  const bed = work.on ?? (await lab.bed(work.root));
  if (work.on) await lab.redis.flushall();
  const label = String(Date.now()); // Such a database knows the applications of earlier trials.
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
    trial: () => workOff(bench, bench.options.burst, work),
  };
}

const startNaive = (bed: Bed) => startContestant('naive-worker', bed, { CONCURRENCY: '10' });

/** What both make of every kind of application, one after the other. */
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

/** A backlog of distinct applications to conversations with events. */
export function worker(bench: Bench): Row {
  const { burst } = bench.options;
  const ours = standardConcurrency();
  return {
    subject: 'conv',
    contestants: [
      ...[{ name: 'conv', root: ROOT }, ...bench.options.checkouts].map(({ name, root }) => ({
        name,
        how: `worker process of ${root}, its default concurrency ${ours}, log`,
        trial: () =>
          workOff(bench, burst, {
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
          workOff(bench, burst * NAIVE_SHARE, {
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
