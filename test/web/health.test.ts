import { connectDatabase, type Database } from '../../src/models/connect';
import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { problemOf } from '../support/problem';
import { forwardTo } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** Stores that are away until the end of this file; a connection that comes back can be closed without a trace. */
let nowhere: Database;
let noQueue: ApplicationQueue;
beforeAll(async () => {
  const [postgres, redis] = [await forwardTo(stores.url), await forwardTo(queue.redisUrl)];
  nowhere = connectDatabase(postgres.through(stores.url));
  postgres.cut();
  redis.cut();
  const settings = {
    redisUrl: redis.through(queue.redisUrl),
    queuePrefix: queue.prefix,
    keepCompletedSeconds: 1,
  };
  noQueue = openApplicationQueue(settings, silentLog);
  atEnd(async () => {
    redis.restore();
    await eventually(() => noQueue.connection.status === 'ready');
    await Promise.all([noQueue.close(), nowhere.sequelize.close()]);
  });
});
const empty = useDatabase('template0');
const withoutDatabase = useWeb(stores, queue, () => ({ database: nowhere }));
const withoutQueue = useWeb(stores, queue, () => ({ queue: noQueue }));
const withoutBoth = useWeb(stores, queue, () => ({ database: nowhere, queue: noQueue }));
const withoutSchema = useWeb(stores, queue, () => ({ database: empty.database }));

it('is alive', async () => {
  const response = await fetch(`${web.url}/livez`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
});

it('is ready where both stores answer', async () => {
  const response = await fetch(`${web.url}/readyz`);
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: 'ok', database: 'ok', queue: 'ok' },
  ]);
});

it('is alive also without its stores: a restart would not bring them back', async () => {
  expect((await fetch(`${withoutBoth.url}/livez`)).status).toBe(200);
});

it('is not ready without a database, and names it', async () => {
  const { detail } = await problemOf(await fetch(`${withoutDatabase.url}/readyz`), 503, 'NOT_READY');
  expect(detail).toBe('failing: database');
});

it('is not ready without a queue, and names it', async () => {
  const { detail } = await problemOf(await fetch(`${withoutQueue.url}/readyz`), 503, 'NOT_READY');
  expect(detail).toBe('failing: queue');
});

it('names both where both fail', async () => {
  const { detail } = await problemOf(await fetch(`${withoutBoth.url}/readyz`), 503);
  expect(detail).toBe('failing: database, queue');
});

it('is not ready on a database without the schema', async () => {
  const { detail } = await problemOf(await fetch(`${withoutSchema.url}/readyz`), 503, 'NOT_READY');
  expect(detail).toBe('failing: database');
});

it('tells nothing of where the stores are', async () => {
  expect(await (await fetch(`${withoutBoth.url}/readyz`)).text()).not.toMatch(
    /127\.0\.0\.1|ECONNREFUSED|conv@/,
  );
});
