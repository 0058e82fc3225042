import { connectDatabase, type Database } from '../../src/models/connect';
import { cacheTokens, type TokenCache } from '../../src/tokens/cache';
import { createToken, revokeToken, type NewToken } from '../../src/tokens/token';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { forwardTo, type Proxy } from '../support/proxy';

const stores = useDatabase();

let proxy: Proxy;
let database: Database;
let cache: TokenCache;
beforeAll(async () => {
  proxy = await forwardTo(stores.url);
  database = connectDatabase(proxy.through(stores.url));
  atEnd(() => database.sequelize.close());
  cache = cacheTokens(database);
});
beforeEach(async () => {
  proxy.restore();
  // The pool may not have noticed yet that the connection of the test before was cut; whoever asks first would be told.
  await eventually(() => database.sequelize.query('SELECT 1'));
});

/** Everything but the date, where the clock is put forward. */
const TIMERS = [
  ...([
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'setImmediate',
    'clearImmediate',
  ] as const),
  ...(['nextTick', 'queueMicrotask', 'performance', 'hrtime'] as const),
];

const create = (expiresAt: Date | null = null): Promise<NewToken> =>
  createToken(stores.database, { name: 'crm', scopes: ['conversations:read'], expiresAt });

/** Asks until the cache has asked the database, in vain, at least once more; gives every answer. */
async function answersWhileAway(secret: string): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  const before = proxy.refusedConnections();
  await eventually(async () => {
    answers.push((await cache.find(secret))?.id);
    return proxy.refusedConnections() > before;
  });
  return answers;
}

it('finds a token in force, and none behind another secret', async () => {
  const { token, id } = await create();
  expect(await cache.find(token)).toMatchObject({ id });
  expect(await cache.find(`conv_${'B'.repeat(43)}`)).toBeNull();
  expect(await cache.find('nonsense')).toBeNull();
});

it('finds a token again without asking the database', async () => {
  const { token, id } = await create();
  await cache.find(token);
  await stores.database.sequelize.query('ALTER TABLE api_tokens RENAME TO elsewhere');
  const found = await cache
    .find(token)
    .finally(() => stores.database.sequelize.query('ALTER TABLE elsewhere RENAME TO api_tokens'));
  expect(found).toMatchObject({ id });
});

it('lets a revocation take effect', async () => {
  const { token, id } = await create();
  expect(await cache.find(token)).toMatchObject({ id });
  await revokeToken(stores.database, id);
  await eventually(async () => (await cache.find(token)) === null);
});

it('does not let an expired token in, though it remembers it', async () => {
  const { token, id } = await create(new Date(Date.now() + 3_600_000));
  expect(await cache.find(token)).toMatchObject({ id });
  jest.useFakeTimers({ now: Date.now() + 3_600_001, doNotFake: TIMERS });
  expect(await cache.find(token).finally(() => jest.useRealTimers())).toBeNull();
});

it('finds a token that was made after its secret was asked for', async () => {
  const { token, id } = await create();
  const hash = (await stores.database.tokens.findByPk(id, { rejectOnEmpty: true })).tokenHash;
  await stores.database.tokens.update({ tokenHash: Buffer.alloc(32) }, { where: { id } });
  expect(await cache.find(token)).toBeNull();
  await stores.database.tokens.update({ tokenHash: hash }, { where: { id } });
  await eventually(async () => (await cache.find(token))?.id === id);
});

describe('while the database is away', () => {
  it('stands by what it knew last', async () => {
    const { token, id } = await create();
    await cache.find(token);
    proxy.cut();
    const answers = await answersWhileAway(token);
    expect(new Set(answers)).toEqual(new Set([id]));
  });

  it('lets no token in that it knew as revoked', async () => {
    const { token, id } = await create();
    await revokeToken(stores.database, id);
    expect(await cache.find(token)).toBeNull();
    proxy.cut();
    await expect(cache.find(token)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('says that it cannot know a secret which it has not seen before', async () => {
    const { token, id } = await create();
    proxy.cut();
    await expect(cache.find(token)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 503 });
    proxy.restore();
    expect(await eventually(() => cache.find(token))).toMatchObject({ id });
  });

  it('refuses what cannot be a token without asking', async () => {
    proxy.cut();
    expect(await cache.find('no token at all')).toBeNull();
  });

  it('learns of a revocation as soon as the database is back', async () => {
    const { token, id } = await create();
    await cache.find(token);
    proxy.cut();
    await answersWhileAway(token);
    await revokeToken(stores.database, id);
    proxy.restore();
    await eventually(async () => (await cache.find(token)) === null);
  });
});
