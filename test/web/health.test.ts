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

/** Stores that are unavailable until the end of this file; then their connections come back and can be closed. */
let unavailableDatabase: Database;
let unavailableQueue: ApplicationQueue;
beforeAll(async () => {
  const [postgres, redis] = [await forwardTo(stores.url), await forwardTo(queue.redisUrl)];
  unavailableDatabase = connectDatabase(postgres.through(stores.url));
  postgres.cut();
  redis.cut();
  const settings = {
    redisUrl: redis.through(queue.redisUrl),
    queuePrefix: queue.prefix,
  };
  unavailableQueue = openApplicationQueue(settings, silentLog);
  atEnd(async () => {
    redis.restore();
    await eventually(() => unavailableQueue.connection.status === 'ready');
    await Promise.all([unavailableQueue.close(), unavailableDatabase.sequelize.close()]);
  });
});
const empty = useDatabase('template0');
const withoutDatabase = useWeb(stores, queue, () => ({ database: unavailableDatabase }));
const withoutQueue = useWeb(stores, queue, () => ({ queue: unavailableQueue }));
const withoutBoth = useWeb(stores, queue, () => ({ database: unavailableDatabase, queue: unavailableQueue }));
const withoutSchema = useWeb(stores, queue, () => ({ database: empty.database }));

it('is live', async () => {
  const response = await fetch(`${web.url}/livez`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
});

it('is ready if both stores answer', async () => {
  const response = await fetch(`${web.url}/readyz`);
  expect([response.status, await response.json()]).toEqual([
    200,
    { status: 'ok', database: 'ok', queue: 'ok' },
  ]);
});

it('is live without its stores, because a restart would not help', async () => {
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

it('names both stores if both fail', async () => {
  const { detail } = await problemOf(await fetch(`${withoutBoth.url}/readyz`), 503);
  expect(detail).toBe('failing: database, queue');
});

it('is not ready if the database lacks the schema', async () => {
  const { detail } = await problemOf(await fetch(`${withoutSchema.url}/readyz`), 503, 'NOT_READY');
  expect(detail).toBe('failing: database');
});

it('does not reveal the addresses of the stores', async () => {
  expect(await (await fetch(`${withoutBoth.url}/readyz`)).text()).not.toMatch(
    /127\.0\.0\.1|ECONNREFUSED|conv@/,
  );
});
