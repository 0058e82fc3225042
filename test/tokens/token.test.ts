import { createHash, randomUUID } from 'node:crypto';
import { SCOPES, type Scope } from '../../src/lib/domain';
import { createToken, findToken, listTokens, revokeToken } from '../../src/tokens/token';
import { clearTables, useDatabase } from '../support/database';

const stores = useDatabase();
beforeEach(() => clearTables(stores));

const create = (request: Partial<Parameters<typeof createToken>[1]> = {}) =>
  createToken(stores.database, { name: 'crm', scopes: ['conversations:read'], expiresAt: null, ...request });

const find = (secret: string) => findToken(stores.database, secret);

const inOneHour = () => new Date(Date.now() + 3_600_000);

it('is found by its secret, with its name and scopes', async () => {
  const created = await create({ scopes: ['conversations:read', 'metrics:read'] });
  expect(created.token).toMatch(/^conv_[A-Za-z0-9_-]{43}$/);
  expect(await find(created.token)).toMatchObject({
    id: created.id,
    name: 'crm',
    scopes: ['conversations:read', 'metrics:read'],
    expires_at: null,
    revoked_at: null,
  });
});

it('can have every scope, each once', async () => {
  const { token } = await create({ scopes: [...SCOPES, ...SCOPES] });
  expect((await find(token))?.scopes).toEqual([...SCOPES]);
});

it('is another one every time', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => create()));
  expect(new Set(tokens.map(({ token }) => token)).size).toBe(20);
});

it('is in the table as a hash alone', async () => {
  const { token } = await create();
  const [rows] = await stores.database.sequelize.query(
    `SELECT row_to_json(api_tokens)::text AS everything, encode(token_hash, 'hex') AS hash FROM api_tokens`,
  );
  const [row] = rows as { everything: string; hash: string }[];
  expect(row?.hash).toBe(createHash('sha256').update(token).digest('hex'));
  for (const form of [
    token,
    token.slice(5),
    Buffer.from(token).toString('hex'),
    Buffer.from(token).toString('base64'),
  ])
    expect(row?.everything).not.toContain(form);
});

it('is shown to operators without its secret or its hash', async () => {
  const { token, id } = await create();
  const [shown] = await listTokens(stores.database);
  expect(Object.keys(shown ?? {}).sort()).toEqual([
    'created_at',
    'expires_at',
    'id',
    'name',
    'revoked_at',
    'scopes',
  ]);
  expect(shown?.id).toBe(id);
  expect(JSON.stringify(shown)).not.toContain(token);
});

it('is listed newest first, also when it is revoked or expired', async () => {
  const first = await create();
  const second = await create({ expiresAt: new Date(0) });
  await revokeToken(stores.database, first.id);
  expect((await listTokens(stores.database)).map(({ id }) => id)).toEqual([second.id, first.id]);
});

it('is in force until it expires', async () => {
  const expiresAt = inOneHour();
  const { token, expires_at } = await create({ expiresAt });
  expect(expires_at).toBe(expiresAt.toISOString());
  expect(await find(token)).toMatchObject({ expires_at });
  await stores.database.sequelize.query('UPDATE api_tokens SET expires_at = now()');
  expect(await find(token)).toBeNull();
});

it('is not found any more when it is revoked, though it has not expired', async () => {
  const { token, id } = await create({ expiresAt: inOneHour() });
  expect(await revokeToken(stores.database, id)).toMatchObject({
    id,
    revoked_at: expect.any(String) as string,
  });
  expect(await find(token)).toBeNull();
});

it('stays revoked since the first time when it is revoked again', async () => {
  const { id } = await create();
  const first = await revokeToken(stores.database, id);
  expect(await revokeToken(stores.database, id)).toEqual(first);
});

it('leaves other tokens in force when one is revoked', async () => {
  const [one, other] = [await create(), await create()];
  await revokeToken(stores.database, one.id);
  expect(await find(other.token)).toMatchObject({ id: other.id });
});

it.each([randomUUID(), 'not-a-uuid', ''])('cannot be revoked by an id that none has: %j', async (id) => {
  expect(await revokeToken(stores.database, id)).toBeNull();
});

it.each([
  ['a secret of the right form that was never given', `conv_${'A'.repeat(43)}`],
  ['nothing', ''],
  ['another form', 'Bearer conv_x'],
  ['NUL', `conv_${'\u0000'.repeat(43)}`],
  ['a lone surrogate', '\ud800'],
])('is not found by %s', async (_what, secret) => {
  await create();
  expect(await find(secret)).toBeNull();
});

it('is not found by its secret in other letters, cut, or with more behind it', async () => {
  const { token } = await create();
  for (const wrong of [token.toUpperCase(), token.slice(0, -1), `${token}A`, `${token}\n`, ` ${token}`])
    expect(await find(wrong)).toBeNull();
});

it.each(['', ' ', '\n', 'a\u0000b', 'x'.repeat(201)])(
  'needs a name that can be told, not %j',
  async (name) => {
    await expect(create({ name })).rejects.toMatchObject({
      code: 'INVALID',
      problems: [{ pointer: '/name' }],
    });
  },
);

it('takes a name of 200 characters with spaces around it, and keeps it without them', async () => {
  const { id } = await create({ name: `  ${'x'.repeat(200)}  ` });
  expect((await stores.database.tokens.findByPk(id))?.name).toBe('x'.repeat(200));
});

it('needs a scope', async () => {
  await expect(create({ scopes: [] })).rejects.toMatchObject({
    code: 'INVALID',
    problems: [{ pointer: '/scopes' }],
  });
});

it('cannot have a scope that does not exist', async () => {
  await expect(create({ scopes: ['everything' as Scope] })).rejects.toMatchObject({ retry: 'never' });
  expect(await listTokens(stores.database)).toEqual([]);
});
