import { openQueue } from '../backlog';
import type { Bed } from '../lab';
import type { LoadResult } from '../load/job';
import { startContestant, startConv, type Running } from '../processes';
import type { Bench, Contestant, Figures, Row } from '../row';
import { assertSame } from '../same';

export const CONNECTIONS = 64;

export interface Door {
  name: string;
  how: string;
  /** The checkout that runs, if not this one. */
  root?: string;
  open: (bed: Bed) => Promise<Running>;
}

/** The two web processes that are compared, without a worker. */
export const WEB_CONTESTANTS: readonly Door[] = [
  { name: 'conv', how: 'web process, signature, validation, log', open: (bed) => startConv('web', bed) },
  {
    name: 'bare Koa + add',
    how: 'koa-bodyparser, BullMQ add with the same job id and options; no signature, no validation, no log',
    open: (bed) => startContestant('bare-add', bed),
  },
];

/** Starts a web process, posts to it and stops it. */
export async function postTo(
  { lab, load, options }: Bench,
  { open, root }: Pick<Door, 'open' | 'root'>,
  job: { count: number; rate: number | null },
  inspect: (bed: Bed) => Promise<unknown> = () => Promise.resolve(),
): Promise<LoadResult & { cpuEach: number }> {
  const bed = await lab.bed(root);
  const web = await open(bed);
  try {
    const common = { url: web.url, connections: CONNECTIONS };
    const send = { kind: 'posts', label: 'ingest', from: 0 } as const;
    await load.prepare({ ...common, count: options.warmUp, rate: null, send: { ...send, label: 'warm' } });
    await load.run();
    await load.prepare({ ...common, ...job, send });
    const before = await web.cpu();
    const result = await load.run();
    const cpuEach = ((await web.cpu()) - before) / job.count;
    await inspect(bed);
    return { ...result, cpuEach };
  } finally {
    await web.stop();
    await bed.drop();
  }
}

/** Reads the jobs in the queue of a bed: their ids, events and options. */
async function jobsIn(bed: Bed): Promise<object[]> {
  const opened = await openQueue(bed);
  const jobs = await opened.queue.getJobs('waiting');
  await opened.close();
  return jobs
    .map(({ id, name, data, opts }) => ({ id, name, event: data.event, attempts: opts.attempts }))
    .sort((a, b) => String(a.id).localeCompare(String(b.id)));
}

/** From a signed post to its 202, without a worker. Redis syncs its file before each 202. */
export function ingest(bench: Bench): Row {
  const { burst } = bench.options;
  const others = bench.options.checkouts.map(({ name, root }): Door => ({
    name,
    how: `web process of ${root}`,
    root,
    open: (bed) => startConv('web', bed),
  }));
  const trial = async (door: Door): Promise<Figures> => {
    const { rate, p50, p99, cpuEach } = await postTo(bench, door, { count: burst, rate: null });
    return { 'posts/s': rate, 'p50 ms': p50, 'p99 ms': p99, 'CPU µs each': cpuEach };
  };
  return {
    subject: 'conv',
    contestants: [...WEB_CONTESTANTS, ...others].map((door): Contestant => ({
      name: door.name,
      how: door.how,
      trial: () => trial(door),
    })),
    goals: [
      { metric: 'posts/s', against: 'bare Koa + add', atLeast: 0.75 },
      { metric: 'p99 ms', against: 'bare Koa + add', atMost: 2 },
    ],
    async check() {
      const found = new Map<string, unknown>();
      for (const door of WEB_CONTESTANTS)
        await postTo(bench, door, { count: 20, rate: null }, async (bed) =>
          found.set(door.name, await jobsIn(bed)),
        );
      assertSame('ingest', found);
    },
  };
}
