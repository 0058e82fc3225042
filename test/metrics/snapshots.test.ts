import { createMetrics } from '../../src/metrics/metrics';
import { publishMetrics } from '../../src/metrics/publisher';
import {
  foldSnapshots,
  mergeSnapshots,
  readSnapshots,
  storeSnapshot,
  type MetricValues,
  type Snapshot,
} from '../../src/metrics/snapshots';
import { parseMetrics, type Series } from '../support/metrics';
import { silentLog, useQueue } from '../support/queue';

const queue = useQueue();

const HOUR_MS = 3_600_000;
const ACCEPTED = 'conv_applications_received_total{result="accepted",code=""}';
const READY = 'conv_redis_connections{kind="web",state="ready"}';

beforeEach(() => queue.applications.connection.del(`${queue.prefix}:metrics`));

const redisTime = async () => (await queue.applications.clock.now()).getTime();

/** Returns the snapshot of a web process that accepted so many applications and has one connection. */
async function snapshot(accepted: number, at: number, ended = false): Promise<Snapshot> {
  const metrics = createMetrics('web');
  metrics.observeRedis({ status: 'ready', on: () => undefined });
  for (let n = 0; n < accepted; n++) metrics.countReceipt('accepted');
  const values = (await metrics.registry.getMetricsAsJSON()) as unknown as MetricValues;
  return { kind: 'web', at, ended, values };
}

async function readMerged(): Promise<Series> {
  const merged = mergeSnapshots(await readSnapshots(queue.applications), await redisTime());
  return parseMetrics(await merged.metrics());
}

const countFields = () => queue.applications.connection.hlen(`${queue.prefix}:metrics`);

it('adds up the counts and gauges of processes that are alive', async () => {
  const now = await redisTime();
  await storeSnapshot(queue.applications, 'a', await snapshot(2, now), true);
  await storeSnapshot(queue.applications, 'b', await snapshot(3, now), true);
  const series = await readMerged();
  expect([series.get(ACCEPTED), series.get(READY)]).toEqual([5, 2]);
});

it.each([
  ['stopped', 0, true],
  ['was killed', HOUR_MS / 2, false],
])('keeps the counts of a process that %s, without its gauges', async (_, age, ended) => {
  await storeSnapshot(queue.applications, 'a', await snapshot(2, (await redisTime()) - age, ended), true);
  const series = await readMerged();
  expect([series.get(ACCEPTED), series.get(READY)]).toEqual([2, undefined]);
});

it('adds processes that stopped, or are silent for an hour, to one', async () => {
  const now = await redisTime();
  await storeSnapshot(queue.applications, 'stopped', await snapshot(1, now, true), true);
  await storeSnapshot(queue.applications, 'silent', await snapshot(2, now - HOUR_MS), true);
  await storeSnapshot(queue.applications, 'alive', await snapshot(4, now), true);
  expect(await foldSnapshots(queue.applications, now)).toBe(2);
  await storeSnapshot(queue.applications, 'later', await snapshot(8, now, true), true);
  expect(await foldSnapshots(queue.applications, now)).toBe(1);
  expect([await countFields(), (await readMerged()).get(ACCEPTED)]).toEqual([2, 15]);
});

it('adds each process once, however many others do it at the same time', async () => {
  const now = await redisTime();
  for (let n = 0; n < 10; n++)
    await storeSnapshot(queue.applications, `process-${n}`, await snapshot(1, now, true), true);
  await Promise.all(Array.from({ length: 8 }, () => foldSnapshots(queue.applications, now)));
  expect([await countFields(), (await readMerged()).get(ACCEPTED)]).toEqual([1, 10]);
});

it('lets a process begin at zero that comes back after its counts were added', async () => {
  const now = await redisTime();
  const old = await snapshot(3, now - HOUR_MS);
  await storeSnapshot(queue.applications, 'paused', old, true);
  await foldSnapshots(queue.applications, now);
  expect(await storeSnapshot(queue.applications, 'paused', old, false)).toBe(false);
  expect((await readMerged()).get(ACCEPTED)).toBe(3);
});

it('stores everything that a process counted when it stops', async () => {
  const metrics = createMetrics('web');
  const publisher = publishMetrics(metrics, queue.applications, silentLog);
  metrics.countReceipt('accepted');
  await publisher.close();
  expect((await readMerged()).get(ACCEPTED)).toBe(1);
});
