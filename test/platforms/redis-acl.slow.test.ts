import { randomBytes } from 'node:crypto';
import { useDatabase } from '../support/database';
import { useOwnRedis } from '../support/own-redis';
import { useReceiver } from '../push/support/receiver';
import { complete } from './support/account';
import { documentedBlock } from './support/documented';
import { COMPLETE, makeJourney } from './support/journey';
import { measure } from './support/measure';
import { startPlatform } from './support/platform';

const stores = useDatabase();
const own = useOwnRedis();
const receiver = useReceiver();

/** Creates the user of the documentation. Returns the address for this user. */
async function createUser(): Promise<string> {
  const password = randomBytes(8).toString('hex');
  const line = documentedBlock('A Redis user with few rights', 'text').replace('PASSWORD', password);
  const [command = '', ...args] = line.split(' ');
  await own.redis.call(command, ...args);
  return Object.assign(new URL(own.url), { username: 'conv', password }).href;
}

let redisUrl: string;
beforeAll(async () => {
  redisUrl = await createUser();
});

it('serves a Redis user who has no rights but those in the documentation', async () => {
  expect(await makeJourney({ url: stores.url, redisUrl, prefix: 'conv' }, receiver)).toEqual(COMPLETE);
});

it('loses no application', async () => {
  const platform = await startPlatform(stores, { redisUrl, prefix: 'conv' });
  const name = 'Redis, user with few rights';
  const { load, result } = await measure({ platform: name, web: platform.web, database: stores.database });
  await platform.stop();
  expect(result).toEqual(complete(load));
});

it('was refused nothing but settings of Redis', async () => {
  const refused = (await own.redis.call('ACL', 'LOG')) as string[][];
  const objects = refused.map((entry) => entry[entry.indexOf('object') + 1]);
  expect([...new Set(objects)].filter((object) => object !== 'config|get')).toEqual([]);
});
