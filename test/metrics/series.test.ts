import { storeTotals } from '../../src/metrics/history';
import { readSeries } from '../../src/metrics/series';
import { useQueue } from '../support/queue';

const queue = useQueue();
const MINUTE_MS = 60_000;

let now: number;
beforeEach(async () => {
  await queue.applications.connection.del(`${queue.prefix}:metrics:history`);
  now = (await queue.applications.clock.now()).getTime();
});

/** Stores that so many applications had been received and processed that many minutes ago, each within a second. */
const storeCounts = (minutesAgo: number, received: number, processed: number) =>
  storeTotals(queue.applications, {
    at: now - minutesAgo * MINUTE_MS,
    received: { accepted: received },
    outcomes: [{ status: 'ACCEPTED', reason: null, count: processed }],
    buckets: [
      { seconds: 1, count: processed },
      { seconds: null, count: processed },
    ],
  });

/** Returns the points as minutes before now, received, processed and p95. */
async function readPoints() {
  const { points } = await readSeries(queue.applications);
  return points.map(({ at, received_per_minute: received, processed_per_minute: processed, p95 }) => [
    (at - now) / MINUTE_MS,
    received === null ? null : Math.round(received),
    processed === null ? null : Math.round(processed),
    p95,
  ]);
}

it('has the rates and the percentile of each minute', async () => {
  await storeCounts(3, 10, 10);
  await storeCounts(2, 130, 110);
  await storeCounts(1, 130, 110);
  expect(await readPoints()).toEqual([
    [-2, 120, 100, 0.95],
    [-1, 0, 0, null],
  ]);
});

it('has no values for a time without any worker', async () => {
  await storeCounts(20, 10, 10);
  await storeCounts(2, 50, 50);
  await storeCounts(1, 51, 51);
  expect(await readPoints()).toEqual([
    [-2, null, null, null],
    [-1, 1, 1, 0.95],
  ]);
});

it('counts from zero when the counts were lost', async () => {
  await storeCounts(2, 1000, 1000);
  await storeCounts(1, 5, 5);
  expect(await readPoints()).toEqual([[-1, 5, 5, 0.95]]);
});

it('ends an hour ago', async () => {
  for (const minutes of [63, 62, 61, 59]) await storeCounts(minutes, 100 - minutes, 100 - minutes);
  expect(await readPoints()).toEqual([[-59, 1, 1, 0.95]]);
});
