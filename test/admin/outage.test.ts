import { connectDatabase } from '../../src/models/connect';
import { openApplicationQueue } from '../../src/queue/applications';
import { openPushQueue } from '../../src/queue/push';
import { openSession, readPage, type Visit } from '../support/admin';
import { createRejected } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

let redis: Proxy;
let postgres: Proxy;
beforeAll(async () => {
  redis = await forwardTo(queue.redisUrl);
  postgres = await forwardTo(stores.url);
});

/** Reaches both stores through proxies. */
const web = useWeb(stores, queue, () => {
  const settings = { redisUrl: redis.through(queue.redisUrl), queuePrefix: queue.prefix };
  const [own, push] = [openApplicationQueue(settings, silentLog), openPushQueue(settings, silentLog)];
  const database = connectDatabase(postgres.through(stores.url));
  atEnd(async () => {
    await Promise.all([own.close(), push.close(), database.sequelize.close()]);
  });
  return { queue: own, push, database };
});

let visit: Visit;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin'));
});
afterEach(() => {
  redis.restore();
  postgres.restore();
});

const application = (id: string) => `/admin/applications/${id}`;

it('shows what PostgreSQL knows while Redis is unavailable', async () => {
  const { id, active, candidate_id } = await createRejected(stores);
  await eventually(async () => (await visit(application(id))).status === 200);
  redis.cut();
  const text = await readPage(await visit(application(id)));
  expect(text).toContain(`blocked by conversation ${active}`);
  expect(text).toContain('attempts to process it: unknown, because the queue cannot be reached');
  const candidate = await readPage(await visit(`/admin/candidates/${candidate_id}`));
  expect(candidate).toContain(`${id} REJECTED`);
  expect(candidate).toContain('applications in the queue: unknown, because');
  const found = await readPage(await visit(`/admin/find?q=${candidate_id}`));
  expect(found).toContain(`${id} REJECTED`);
});

it('shows what Redis knows while PostgreSQL is unavailable', async () => {
  const event = applicationEvent();
  await enqueue(queue, event);
  await eventually(async () => (await visit(application(event.id))).status === 200);
  postgres.cut();
  const text = await readPage(await visit(application(event.id)));
  expect(text).toContain('Status QUEUED');
  expect(text).toContain('events, pushes and next step: unknown, because');
  const found = await readPage(await visit(`/admin/find?q=${event.candidate_id}`));
  expect(found).toContain(`${event.id} QUEUED`);
  const candidate = await readPage(await visit(`/admin/candidates/${event.candidate_id}`));
  expect(candidate).toContain(`${event.id} QUEUED`);
});

it('is a page with status 503 and the words of the API if nothing else is known', async () => {
  postgres.cut();
  const response = await visit('/admin/conversations/0198c0de-0000-7000-8000-000000000000');
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toBe('2');
  expect(await readPage(response)).toContain('Database unavailable');
});

it('does not say that nothing is found while a store is not searched', async () => {
  postgres.cut();
  const response = await visit('/admin/find?q=nobody');
  expect(response.status).toBe(503);
  expect(await readPage(response)).toContain('processed applications: unknown, because');
});

it('says on the overview which store does not answer', async () => {
  redis.cut();
  const withoutRedis = await readPage(await visit('/admin'));
  expect(withoutRedis).toContain('Redis does not answer: no application is accepted');
  redis.restore();
  await eventually(async () => (await readPage(await visit('/admin'))).includes('Redis answers'));
  postgres.cut();
  await eventually(async () =>
    (await readPage(await visit('/admin'))).includes('PostgreSQL does not answer: applications are accepted'),
  );
});
