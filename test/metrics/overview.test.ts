import { readOverview, type Overview } from '../../src/metrics/overview';
import { percentile, type Bucket } from '../../src/metrics/totals';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { recordEarlier, publishing } from '../support/metrics';
import { useQueue } from '../support/queue';
import { post, useWeb } from '../support/web';
import { atEnd } from '../support/cleanup';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue, () => ({ metrics: publishing('web', queue) }));

beforeAll(async () => {
  atEnd(await runWorker(stores, queue, { metrics: publishing('worker', queue) }));
});

beforeEach(() => queue.applications.connection.del(`${queue.prefix}:metrics:history`));

const read = (previous?: Overview): Promise<Overview> => {
  const { applications, push } = queue;
  const deps = { ...stores, replica: null, queue: applications, push, redisWarnings: () => [] };
  return readOverview(deps, previous?.totals);
};

it('shows what came in and out since the last reading, and in the last minutes, hour and day', async () => {
  const first = await eventually(async () => {
    const overview = await read();
    return overview.processes?.web === 1 && overview.processes.worker === 1 && overview;
  });
  for (const minutes of [5, 60, 1440]) await recordEarlier(queue, minutes);
  const event = applicationEvent();
  await post(web, event);
  await eventually(async () => (await read(first)).since?.outcomes.length === 1);
  await post(web, { ...event, job_id: 'another', id: `${event.id}-2` });
  const overview = await eventually(async () => {
    const found = await read(first);
    return found.since?.outcomes.length === 2 && found.since.received.accepted === 2 && found;
  });
  const outcomes = [
    { status: 'ACCEPTED', reason: null, count: 1 },
    { status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', count: 1 },
  ];
  const { since, periods, stores: up, processes } = overview;
  expect([since, periods.minutes, periods.hour, periods.day].map((period) => period?.outcomes)).toEqual([
    outcomes,
    outcomes,
    outcomes,
    outcomes,
  ]);
  expect((since?.received_per_second ?? 0) * (since?.seconds ?? 0)).toBeCloseTo(2);
  expect(periods.hour?.latency.p99).toBeGreaterThan(0);
  expect([up, processes]).toEqual([
    { redis: true, postgres: true, replica: null },
    { web: 1, worker: 1 },
  ]);
});

/** Returns how many minutes of each period there are figures of. */
async function readLengths() {
  const { minutes, hour, day } = (await read()).periods;
  return [minutes, hour, day].map((period) => period && Math.round(period.seconds / 60));
}

it('begins a period at the first reading in it, and says its real length', async () => {
  await recordEarlier(queue, 3);
  expect(await readLengths()).toEqual([3, 3, 3]);
});

it('skips a time without any worker at the beginning of a period', async () => {
  for (const minutes of [200, 90, 40, 7]) await recordEarlier(queue, minutes);
  expect(await readLengths()).toEqual([null, 40, 200]);
});

it('has whole periods while a worker runs', async () => {
  for (let minutes = 1; minutes <= 62; minutes += 1) await recordEarlier(queue, minutes);
  await recordEarlier(queue, 24 * 60 + 1);
  expect(await readLengths()).toEqual([6, 61, 1441]);
});

const BUCKETS: Bucket[] = [
  { seconds: 1, count: 50 },
  { seconds: 2, count: 90 },
  { seconds: null, count: 100 },
];

it.each([
  [0.25, 0.5],
  [0.5, 1],
  [0.7, 1.5],
  [0.99, 2],
])('estimates the percentile %d as %d seconds', (share, seconds) => {
  expect(percentile(BUCKETS, share)).toBeCloseTo(seconds);
});

it('has no percentile without applications', () => {
  expect(percentile([{ seconds: null, count: 0 }], 0.5)).toBeNull();
});
