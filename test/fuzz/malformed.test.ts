import fc from 'fast-check';
import { createSecret, parseSecrets } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { malformed } from './support/requests';
import { sendAll } from './support/send-all';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** A short run with a fixed seed; malformed.slow.test.ts is the long one. */
const [SEED, COUNT] = [1, 400];

it(`answers ${COUNT} malformed requests with errors and queues none of them`, async () => {
  const [[key], [otherKey]] = [parseSecrets(web.secret), parseSecrets(createSecret())];
  if (!key || !otherKey) throw new Error('no keys');
  const credentials = { key, otherKey, token: web.token };
  const requests = fc.sample(malformed(credentials), { numRuns: COUNT, seed: SEED });
  expect((await sendAll(web.url, requests)).violations).toEqual([]);
  for (const { queue: one } of [queue.applications, queue.push])
    expect(Object.values(await one.getJobCounts()).reduce((sum, count) => sum + count, 0)).toBe(0);
});
