import { readHistory, recordTotals } from '../../src/metrics/history';
import { startMetricsUpkeep } from '../../src/worker/metrics-upkeep';
import { eventually } from '../support/eventually';
import { recordEarlier } from '../support/metrics';
import { silentLog, useQueue } from '../support/queue';

const queue = useQueue();

beforeEach(() => queue.applications.connection.del(`${queue.prefix}:metrics:history`));

const record = () => recordTotals(queue.applications);
const readAll = () => readHistory(queue.applications, 0, Infinity);

it('stores one reading for several workers that record at the same time', async () => {
  await Promise.all([record(), record(), record()]);
  expect(await readAll()).toHaveLength(1);
});

it('stores a reading when the newest one is a minute old', async () => {
  await recordEarlier(queue, 1);
  await record();
  expect(await readAll()).toHaveLength(2);
});

it('removes readings after 25 hours', async () => {
  await recordEarlier(queue, 25 * 60 + 1);
  await recordEarlier(queue, 24 * 60);
  await record();
  expect(await readAll()).toHaveLength(2);
});

it('has a reading as soon as a worker runs', async () => {
  const upkeep = startMetricsUpkeep(queue.applications, silentLog);
  await eventually(async () => (await readAll()).length === 1);
  await upkeep.close();
});
