import { randomBytes } from 'node:crypto';
import { cacheTokens, type TokenCache } from '../../src/tokens/cache';
import type { ConvError } from '../../src/lib/errors';
import { GUESSES_PER_MINUTE } from '../../src/tokens/guess-limit';
import { createToken } from '../../src/tokens/token';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const stores = useDatabase();

const ADDRESS = '192.0.2.1';

const randomToken = () => `conv_${randomBytes(32).toString('base64url')}`;
const create = () =>
  createToken(stores.database, { name: 'crm', scopes: ['conversations:read'], expiresAt: null });

/** Sends as many unknown tokens as an address may send in a minute. A lookup that the database answers too late is no guess. */
async function guess(cache: TokenCache, address = ADDRESS): Promise<void> {
  for (let n = 0; n < GUESSES_PER_MINUTE; n++)
    await eventually(async () => (await cache.find(randomToken(), address)) === null);
}

const isLimited = (cache: TokenCache, address: string) =>
  cache.find(randomToken(), address).then(
    () => false,
    (error: unknown) => (error as { code: string }).code === 'RATE_LIMITED',
  );

it('refuses further unknown tokens of an address, and says when to try again', async () => {
  const cache = cacheTokens(stores.database);
  await guess(cache);
  const refusal: unknown = await cache.find(randomToken(), ADDRESS).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) as unknown });
  // Some of the minute has passed since the first guess.
  expect((refusal as ConvError).retryAfterSeconds).toBeGreaterThan(30);
});

it('refuses them without asking the database', async () => {
  const cache = cacheTokens(stores.database);
  await guess(cache);
  await isLimited(cache, ADDRESS);
  const lookUp = jest.spyOn(stores.database.sequelize, 'query');
  await Promise.all(Array.from({ length: 100 }, () => isLimited(cache, ADDRESS)));
  expect(lookUp).not.toHaveBeenCalled();
});

it('does not limit a token that it knows', async () => {
  const cache = cacheTokens(stores.database);
  const { token, id } = await create();
  await cache.find(token, ADDRESS);
  await guess(cache);
  expect(await cache.find(token, ADDRESS)).toMatchObject({ id });
});

it('does not limit valid tokens after a restart, whatever others behind the same proxy send', async () => {
  const { token, id } = await create();
  const cache = cacheTokens(stores.database);
  await guess(cache);
  expect(await cache.find(token, ADDRESS)).toMatchObject({ id });
});

it('finds a token that was created while its address is limited, after the next load', async () => {
  const cache = cacheTokens(stores.database, 0);
  await guess(cache);
  expect(await isLimited(cache, ADDRESS)).toBe(true);
  const { token, id } = await create();
  expect(await cache.find(token, ADDRESS)).toMatchObject({ id });
});

it('does not count valid tokens', async () => {
  const cache = cacheTokens(stores.database);
  for (let n = 0; n < GUESSES_PER_MINUTE; n++) await cache.find((await create()).token, ADDRESS);
  expect(await isLimited(cache, ADDRESS)).toBe(false);
});

it('does not limit new tokens that many requests bring at once', async () => {
  const cache = cacheTokens(stores.database);
  for (let n = 0; n < 2; n++) {
    const { token, id } = await create();
    const found = Array.from({ length: 2 * GUESSES_PER_MINUTE }, () => cache.find(token, ADDRESS));
    for (const each of await Promise.all(found)) expect(each).toMatchObject({ id });
  }
});

it('does not count text that cannot be a token', async () => {
  const cache = cacheTokens(stores.database);
  for (let n = 0; n <= GUESSES_PER_MINUTE; n++) await cache.find('nonsense', ADDRESS);
  expect(await isLimited(cache, ADDRESS)).toBe(false);
});

it.each([
  [ADDRESS, '192.0.2.2', false],
  ['2001:db8::1', '2001:db8:0:0:ffff::1', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
])('counts %s and %s together: %s', async (one, other, together) => {
  const cache = cacheTokens(stores.database);
  await guess(cache, one);
  expect(await isLimited(cache, other)).toBe(together);
});
