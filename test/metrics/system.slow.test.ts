import { openApplicationQueue } from '../../src/queue/applications';
import { openPushQueue } from '../../src/queue/push';
import { connectDatabase } from '../../src/models/connect';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { createConversation } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { publishing, readMetrics, readSeries, seriesOf } from '../support/metrics';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

let redis: Proxy;
let postgres: Proxy;
beforeAll(async () => {
  redis = await forwardTo(queue.redisUrl);
  postgres = await forwardTo(stores.url);
});

/** Reaches both stores through proxies, and finds a fault in Redis' settings. */
const web = useWeb(stores, queue, () => {
  const settings = { redisUrl: redis.through(queue.redisUrl), queuePrefix: queue.prefix };
  const own = openApplicationQueue(settings, silentLog);
  const push = openPushQueue(settings, silentLog);
  const database = connectDatabase(postgres.through(stores.url));
  atEnd(async () => {
    await Promise.all([own.close(), push.close()]);
    await database.sequelize.close();
  });
  const redisWarnings = () => ['appendonly no: a restart loses accepted applications'];
  return { queue: own, push, database, redisWarnings, metrics: publishing('web', queue) };
});

afterEach(() => {
  redis.restore();
  postgres.restore();
});

const waitFor = (name: string, value: number) =>
  eventually(async () => {
    const series = await readSeries(web);
    return series.get(name) === value && series;
  });

it('shows waiting jobs, their age and a pause', async () => {
  await enqueue(queue, applicationEvent());
  await queue.bullmq.pause();
  const series = await waitFor('conv_queue_paused{queue="applications"}', 1);
  expect(series.get('conv_queue_jobs{queue="applications",state="waiting"}')).toBe(1);
  await eventually(
    async () =>
      ((await readSeries(web)).get('conv_queue_oldest_waiting_seconds{queue="applications"}') ?? 0) > 0,
  );
  await queue.bullmq.resume();
});

it('shows events that no reader sees yet, and those that wait for their push', async () => {
  await switchPushingOn(stores.database);
  await createConversation(stores);
  const series = await eventually(async () => {
    const found = await readSeries(web);
    return found.get('conv_push_backlog_events') === 1 && found;
  });
  expect(series.get('conv_push_oldest_seconds')).toBeGreaterThan(0);
});

it('shows that Redis may lose applications', async () => {
  await waitFor('conv_redis_durable', 0);
});

it('shows that PostgreSQL is down, and all counts', async () => {
  await waitFor('conv_store_up{store="postgres"}', 1);
  postgres.cut();
  const series = await waitFor('conv_store_up{store="postgres"}', 0);
  expect(series.get('conv_store_up{store="redis"}')).toBe(1);
  expect(series.has('conv_feed_lag_events')).toBe(false);
  expect(Object.keys(seriesOf(series, 'conv_http_requests_total'))).not.toEqual([]);
});

it('shows no counts while Redis is down, because fewer counts would look like a restart', async () => {
  await waitFor('conv_store_up{store="redis"}', 1);
  redis.cut();
  await waitFor('conv_store_up{store="redis"}', 0);
  expect(await readMetrics(web)).not.toContain('_total');
});
