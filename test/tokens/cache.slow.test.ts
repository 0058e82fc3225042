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
  // Replaces the pool's connections that the previous test cut.
  await eventually(() => database.sequelize.query('SELECT 1'));
});

/** Everything except Date stays real when the clock is moved forward. */
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

const find = (secret: string) => cache.find(secret, '192.0.2.1');

const create = (expiresAt: Date | null = null): Promise<NewToken> =>
  createToken(stores.database, { name: 'crm', scopes: ['conversations:read'], expiresAt });

/** Calls the cache until it has tried the unavailable database again; returns the id of every answer. */
async function findDuringOutage(secret: string): Promise<(string | undefined)[]> {
  const answers: (string | undefined)[] = [];
  const before = proxy.refusedConnections();
  await eventually(async () => {
    answers.push((await find(secret))?.id);
    return proxy.refusedConnections() > before;
  });
  return answers;
}

it('finds a valid token, and none for another secret', async () => {
  const { token, id } = await create();
  expect(await find(token)).toMatchObject({ id });
  expect(await find(`conv_${'B'.repeat(43)}`)).toBeNull();
  expect(await find('nonsense')).toBeNull();
});

it('finds a token again without querying the database', async () => {
  const { token, id } = await create();
  await find(token);
  await stores.database.sequelize.query('ALTER TABLE api_tokens RENAME TO elsewhere');
  const found = await find(token).finally(() =>
    stores.database.sequelize.query('ALTER TABLE elsewhere RENAME TO api_tokens'),
  );
  expect(found).toMatchObject({ id });
});

it('stops finding a revoked token', async () => {
  const { token, id } = await create();
  expect(await find(token)).toMatchObject({ id });
  await revokeToken(stores.database, id);
  await eventually(async () => (await find(token)) === null);
});

it('does not return a cached token that has expired', async () => {
  const { token, id } = await create(new Date(Date.now() + 3_600_000));
  expect(await find(token)).toMatchObject({ id });
  jest.useFakeTimers({ now: Date.now() + 3_600_001, doNotFake: TIMERS });
  expect(await find(token).finally(() => jest.useRealTimers())).toBeNull();
});

it('finds a token that was created after its secret was looked up', async () => {
  const { token, id } = await create();
  const hash = (await stores.database.tokens.findByPk(id, { rejectOnEmpty: true })).tokenHash;
  await stores.database.tokens.update({ tokenHash: Buffer.alloc(32) }, { where: { id } });
  expect(await find(token)).toBeNull();
  await stores.database.tokens.update({ tokenHash: hash }, { where: { id } });
  await eventually(async () => (await find(token))?.id === id);
});

describe('while the database is unavailable', () => {
  it('returns a cached token', async () => {
    const { token, id } = await create();
    await find(token);
    proxy.cut();
    const answers = await findDuringOutage(token);
    expect(new Set(answers)).toEqual(new Set([id]));
  });

  it('returns no token that was revoked before', async () => {
    const { token, id } = await create();
    await revokeToken(stores.database, id);
    expect(await find(token)).toBeNull();
    proxy.cut();
    await expect(find(token)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('throws DATABASE_UNAVAILABLE for a secret that is not cached', async () => {
    const { token, id } = await create();
    proxy.cut();
    await expect(find(token)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', status: 503 });
    proxy.restore();
    expect(await eventually(() => find(token))).toMatchObject({ id });
  });

  it('refuses a malformed secret without a query', async () => {
    proxy.cut();
    expect(await find('no token at all')).toBeNull();
  });

  it('stops finding a token that was revoked meanwhile when the database is back', async () => {
    const { token, id } = await create();
    await find(token);
    proxy.cut();
    await findDuringOutage(token);
    await revokeToken(stores.database, id);
    proxy.restore();
    await eventually(async () => (await find(token)) === null);
  });
});
