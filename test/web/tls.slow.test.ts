import { createSecret } from '../../src/lib/signature';
import { createAuthority } from '../support/certificates';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { serveOverTls } from '../support/tls-proxy';
import { post } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

let env: NodeJS.ProcessEnv;
let database: { url: string };
let redis: { redisUrl: string; prefix: string };
const secret = createSecret();
beforeAll(async () => {
  const { file, issued: certificate } = await createAuthority();
  const toRedis = await serveOverTls(queue.redisUrl, { certificate });
  const toDatabase = await serveOverTls(stores.url, { afterSslRequest: true, certificate });
  const encrypted = queue.redisUrl.replace('redis:', 'rediss:');
  redis = { redisUrl: Object.assign(new URL(encrypted), toRedis).href, prefix: queue.prefix };
  database = { url: Object.assign(new URL(stores.url), { ...toDatabase, search: '' }).href };
  env = { REDIS_TLS_CA: file, DATABASE_TLS_CA: file, WEBHOOK_SECRETS: secret };
});

it('web and worker reach both stores over TLS, also to listen for events', async () => {
  const web = await startProcess('web', database, redis, env);
  const worker = await startProcess('worker', database, redis, env);
  const event = applicationEvent();
  const answer = await post({ url: web.url ?? '', secret, token: '' }, event);
  await eventually(() => stores.database.applications.findByPk(event.id));
  await eventually(async () => {
    const query = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'conv events'";
    return (await stores.database.sequelize.query(query))[0].length === 1;
  });
  await Promise.all([web.stop(), worker.stop()]);
  expect(answer.status).toBe(202);
});

it('warns once at start of each check that is off', async () => {
  const off = { ...env, REDIS_TLS_VERIFY: 'none', DATABASE_TLS_VERIFY: 'none' };
  const web = await startProcess('web', database, redis, off);
  await web.stop();
  expect(web.output().match(/\b(DATABASE|REDIS)_TLS_VERIFY is none/g)).toEqual([
    'DATABASE_TLS_VERIFY is none',
    'REDIS_TLS_VERIFY is none',
  ]);
});
