import { randomBytes } from 'node:crypto';
import { GUESSES_PER_MINUTE } from '../../src/tokens/guess-limit';
import { useDatabase } from '../support/database';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { basicAuth, call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const randomToken = () => `conv_${randomBytes(32).toString('base64url')}`;

const read = (token: string) => call({ ...web, token }, 'GET', '/conversations');

beforeAll(async () => {
  await Promise.all(Array.from({ length: GUESSES_PER_MINUTE }, () => read(randomToken())));
});

it('answers 429 with Retry-After when one address has sent too many unknown tokens', async () => {
  const response = await read(randomToken());
  expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
  await problemOf(response, 429, 'RATE_LIMITED');
});

it('answers 429 for passwords of the queue board too', async () => {
  const response = await fetch(`${web.url}/admin/queues`, { headers: basicAuth(randomToken()) });
  await problemOf(response, 429, 'RATE_LIMITED');
});

it('answers a valid token from the same address', async () => {
  expect((await read(web.token)).status).toBe(200);
});
