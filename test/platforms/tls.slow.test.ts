import { createSecret } from '../../src/lib/signature';
import { createAuthority } from '../support/certificates';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { serveOverTls } from '../support/tls-proxy';
import { complete } from './support/account';
import { measure } from './support/measure';
import { startPlatform } from './support/platform';

const stores = useDatabase();
const queue = useQueue();

let env: NodeJS.ProcessEnv;
let database: { url: string };
let redis: { redisUrl: string; prefix: string };
beforeAll(async () => {
  const { file, issued: certificate } = await createAuthority();
  const toRedis = await serveOverTls(queue.redisUrl, { certificate });
  const toDatabase = await serveOverTls(stores.url, { afterSslRequest: true, certificate });
  const encrypted = queue.redisUrl.replace('redis:', 'rediss:');
  redis = { redisUrl: Object.assign(new URL(encrypted), toRedis).href, prefix: queue.prefix };
  database = { url: Object.assign(new URL(stores.url), { ...toDatabase, search: '' }).href };
  env = { REDIS_TLS_CA: file, DATABASE_TLS_CA: file };
});

it('loses no application when both stores are reached over TLS, also to listen for events', async () => {
  const platform = await startPlatform(database, redis, env);
  await eventually(async () => {
    const query = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'conv events'";
    return (await stores.database.sequelize.query(query))[0].length === 1;
  });
  const name = 'TLS with a private CA for both stores';
  const { load, result } = await measure({ platform: name, web: platform.web, database: stores.database });
  await platform.stop();
  expect(result).toEqual(complete(load));
});

it('warns once at start of each check that is off', async () => {
  const off = {
    ...env,
    WEBHOOK_SECRETS: createSecret(),
    REDIS_TLS_VERIFY: 'none',
    DATABASE_TLS_VERIFY: 'none',
  };
  const web = await startProcess('web', database, redis, off);
  await web.stop();
  expect(web.output().match(/\b(DATABASE|REDIS)_TLS_VERIFY is none/g)).toEqual([
    'DATABASE_TLS_VERIFY is none',
    'REDIS_TLS_VERIFY is none',
  ]);
});
