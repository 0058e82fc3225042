import type { Bed } from '../lab';
import { events } from '../outcomes';
import { startConv } from '../processes';
import type { Bench, Contestant, Row } from '../row';
import { seeded } from './reads';
import { drainBacklog } from './worker';

const WORKERS = [1, 2, 4];

const startWorkers = (count: number) => async (bed: Bed) => {
  const workers = [];
  for (let n = 0; n < count; n++) workers.push(await startConv('worker', bed));
  return workers;
};

/** The same backlog with more workers, and on larger tables. */
export function growth(bench: Bench): Row {
  const { burst, quick } = bench.options;
  const [small, large] = quick ? [100, 1000] : [10_000, 5_000_000];
  const sizes = [small, large];
  const beds = sizes.map((size) => seeded(bench.lab, size));
  const done = (bed: Bed) => events(bed.pool);
  const label = (size: number) => `1 worker, ${size.toLocaleString('en')} rows`;
  const byWorkers = WORKERS.map((count): Contestant => ({
    name: `${count} worker${count > 1 ? 's' : ''}`,
    how: 'worker processes on an empty table',
    trial: () => drainBacklog(bench, burst, { start: startWorkers(count), done }),
  }));
  const bySize = beds.map(({ bed }, n): Contestant => ({
    name: label(sizes[n] ?? 0),
    how: 'one worker process, with as many candidates, applications and events',
    trial: async () => drainBacklog(bench, burst, { start: startWorkers(1), done, on: await bed() }),
  }));
  return {
    subject: '1 worker',
    contestants: [...byWorkers, ...bySize],
    goals: [{ metric: 'jobs/s', of: label(large), against: label(small), atLeast: 0.8 }],
    async end() {
      for (const { drop } of beds) await drop();
    },
  };
}
