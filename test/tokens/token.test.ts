import { createHash, randomUUID } from 'node:crypto';
import { SCOPES, type Scope } from '../../src/lib/domain';
import { createToken, findToken, listTokens, revokeToken } from '../../src/tokens/token';
import { clearTables, useDatabase } from '../support/database';

const stores = useDatabase();
beforeEach(() => clearTables(stores));

const create = (request: Partial<Parameters<typeof createToken>[1]> = {}) =>
  createToken(stores.database, { name: 'crm', scopes: ['conversations:read'], expiresAt: null, ...request });

const find = async (secret: string) => (await findToken(stores.database, secret))?.token ?? null;

const inOneHour = () => new Date(Date.now() + 3_600_000);

it('finds a token by its secret, with its name and scopes', async () => {
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

it('stores every scope once', async () => {
  const { token } = await create({ scopes: [...SCOPES, ...SCOPES] });
  expect((await find(token))?.scopes).toEqual([...SCOPES]);
});

it('creates a different token every time', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, () => create()));
  expect(new Set(tokens.map(({ token }) => token)).size).toBe(20);
});

it('stores only the hash of a token', async () => {
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

it('lists tokens without secret and hash', async () => {
  const { token, id } = await create();
  const [shown] = await listTokens(stores.database);
  expect(Object.keys(shown ?? {}).sort()).toEqual([
    'created_at',
    'expires_at',
    'id',
    'name',
    'revoked_at',
    'scopes',
    'sender',
  ]);
  expect(shown?.id).toBe(id);
  expect(JSON.stringify(shown)).not.toContain(token);
});

it('lists tokens newest first, including revoked and expired ones', async () => {
  const first = await create();
  const second = await create({ expiresAt: new Date(0) });
  await revokeToken(stores.database, first.id);
  expect((await listTokens(stores.database)).map(({ id }) => id)).toEqual([second.id, first.id]);
});

it('finds a token until it expires', async () => {
  const expiresAt = inOneHour();
  const { token, expires_at } = await create({ expiresAt });
  expect(expires_at).toBe(expiresAt.toISOString());
  expect(await find(token)).toMatchObject({ expires_at });
  await stores.database.sequelize.query('UPDATE api_tokens SET expires_at = now()');
  expect(await find(token)).toBeNull();
});

it('does not find a revoked token', async () => {
  const { token, id } = await create({ expiresAt: inOneHour() });
  expect(await revokeToken(stores.database, id)).toMatchObject({
    id,
    revoked_at: expect.any(String) as string,
  });
  expect(await find(token)).toBeNull();
});

it('keeps the time of the first revocation', async () => {
  const { id } = await create();
  const first = await revokeToken(stores.database, id);
  expect(await revokeToken(stores.database, id)).toEqual(first);
});

it('revokes no other token', async () => {
  const [one, other] = [await create(), await create()];
  await revokeToken(stores.database, one.id);
  expect(await find(other.token)).toMatchObject({ id: other.id });
});

it.each([randomUUID(), 'not-a-uuid', ''])('revokes nothing for an unknown id: %j', async (id) => {
  expect(await revokeToken(stores.database, id)).toBeNull();
});

it.each([
  ['an unknown secret of the right form', `conv_${'A'.repeat(43)}`],
  ['an empty text', ''],
  ['a text of another form', 'Bearer conv_x'],
  ['NUL', `conv_${'\u0000'.repeat(43)}`],
  ['a lone surrogate', '\ud800'],
])('finds no token for %s', async (_what, secret) => {
  await create();
  expect(await find(secret)).toBeNull();
});

it('finds no token when its secret is in upper case, cut or extended', async () => {
  const { token } = await create();
  for (const wrong of [token.toUpperCase(), token.slice(0, -1), `${token}A`, `${token}\n`, ` ${token}`])
    expect(await find(wrong)).toBeNull();
});

it.each(['', ' ', '\n', 'a\u0000b', 'x'.repeat(201)])('refuses the name %j', async (name) => {
  await expect(create({ name })).rejects.toMatchObject({
    code: 'INVALID',
    problems: [{ pointer: '/name' }],
  });
});

it('trims a name and accepts 200 characters', async () => {
  const { id } = await create({ name: `  ${'x'.repeat(200)}  ` });
  expect((await stores.database.tokens.findByPk(id))?.name).toBe('x'.repeat(200));
});

it('requires a scope', async () => {
  await expect(create({ scopes: [] })).rejects.toMatchObject({
    code: 'INVALID',
    problems: [{ pointer: '/scopes' }],
  });
});

it('refuses an unknown scope', async () => {
  await expect(create({ scopes: ['everything' as Scope] })).rejects.toMatchObject({ retry: 'never' });
  expect(await listTokens(stores.database)).toEqual([]);
});

describe('a token of a sender', () => {
  const sending = { scopes: ['applications:write'] } as const;

  it('is shown with it', async () => {
    const { id } = await create({ ...sending, sender: 'lever' });
    expect(await listTokens(stores.database)).toMatchObject([{ id, sender: 'lever' }]);
  });

  it.each([
    ['without the scope that sends', { sender: 'lever' }, '/sender', 'NO_SENDER'],
    ['with a wrong name', { ...sending, sender: 'Lever' }, '/sender', 'INVALID_NAME'],
  ])('is refused %s', async (_, request, pointer, code) => {
    await expect(create(request)).rejects.toMatchObject({ code: 'INVALID', problems: [{ pointer, code }] });
  });

  it.each([
    ['named', 'unnamed', 'lever', undefined],
    ['unnamed', 'named', undefined, 'lever'],
  ])('is refused beside one that is %s, if it is %s', async (_, __, first, second) => {
    await create({ ...sending, name: 'first', sender: first });
    const refused = create({ ...sending, sender: second });
    await expect(refused).rejects.toMatchObject({ code: 'CONFLICT', message: /^the token "first" names / });
  });

  it('is not refused beside a revoked one or one that cannot send', async () => {
    const { id } = await create(sending);
    await create();
    await revokeToken(stores.database, id);
    expect(await create({ ...sending, sender: 'lever' })).toMatchObject({ sender: 'lever' });
  });

  it('is refused if two are created at once', async () => {
    const results = await Promise.allSettled([
      ...Array.from({ length: 5 }, () => create({ ...sending, sender: 'lever' })),
      ...Array.from({ length: 5 }, () => create(sending)),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });
});
