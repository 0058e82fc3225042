import { createSecret } from '../../src/lib/signature';
import { createCli, parseCells, parseJson, runInProcess, storesEnv, successOutput } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { ISO_TIME, like } from '../support/matchers';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const conv = createCli(stores, queue);
const token = (...args: string[]) => conv(['token', ...args]);

interface Created {
  id: string;
  name: string;
  token: string;
  scopes: string[];
  expires_at: string | null;
}

const create = async (...args: string[]) => parseJson<Created>(await token('create', '-o', 'json', ...args));

async function statusWith(secret: string): Promise<number> {
  return (await fetch(`${web.url}/conversations`, { headers: { Authorization: `Bearer ${secret}` } })).status;
}

beforeEach(() => clearTables(stores));

describe('create', () => {
  it('prints id, name, token, scopes and expiry as json', async () => {
    const created = await create('--name', 'crm', '--scope', 'conversations:read');
    expect(created).toStrictEqual({
      id: like(/^[0-9a-f-]{36}$/),
      name: 'crm',
      token: like(/^conv_[\w-]{43}$/),
      scopes: ['conversations:read'],
      sender: null,
      expires_at: null,
    });
  });

  it('creates a token that the API accepts', async () => {
    const created = await create('--name', 'crm', '--scope', 'conversations:read');
    expect(await statusWith(created.token)).toBe(200);
  });

  it.each([
    [['--scope', 'conversations:read,queues:admin']],
    [['--scope', 'conversations:read', '--scope', 'queues:admin']],
    [['--scope', 'conversations:read, queues:admin,queues:admin']],
  ])('accepts several scopes: %j', async (scopes) => {
    expect((await create('--name', 'crm', ...scopes)).scopes).toEqual(['conversations:read', 'queues:admin']);
  });

  it('names a sender, and refuses one beside it without a name', async () => {
    const sending = ['--scope', 'applications:write'];
    expect(await create('--name', 'lever', ...sending, '--sender', 'lever')).toMatchObject({
      sender: 'lever',
    });
    const { code, stderr } = await token('create', '--name', 'other', ...sending);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'conv: the token "lever" names the sender lever: name all senders or none; revoke it first\n',
    });
  });

  it('refuses a token that names no sender if WEBHOOK_SECRETS here does', async () => {
    const env = { ...storesEnv(stores, queue), WEBHOOK_SECRETS: `lever=${createSecret()}` };
    const { code, stderr } = await runInProcess(
      ['token', 'create', '--name', 'x', '--scope', 'applications:write'],
      env,
    );
    expect(code).toBe(2);
    expect(stderr).toContain(
      'the token "x" names no sender, but WEBHOOK_SECRETS does: create one with --sender',
    );
  });

  it('accepts an expiry as a duration', async () => {
    const { expires_at } = await create('--name', 'crm', '--scope', 'metrics:read', '--expires', '90d');
    const days = (new Date(expires_at ?? 0).getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
  });

  it('accepts an expiry as a time', async () => {
    const { expires_at } = await create(
      '--name',
      'crm',
      '--scope',
      'metrics:read',
      '--expires',
      '2999-01-31T00:00:00Z',
    );
    expect(expires_at).toBe('2999-01-31T00:00:00.000Z');
  });

  it('stores only a hash of the token', async () => {
    const created = await create('--name', 'crm', '--scope', 'metrics:read');
    const [rows] = await stores.database.sequelize.query(
      'SELECT row_to_json(t)::text AS row FROM api_tokens t',
    );
    expect(JSON.stringify(rows)).not.toContain(created.token.slice('conv_'.length));
  });

  it.each([
    [['--scope', 'metrics:read'], /--name/],
    [['--name', 'crm'], /--scope/],
    [['--name', 'crm', '--scope', 'everything'], /conversations:read/],
    [['--name', ' ', '--scope', 'metrics:read'], /name/],
    [['--name', 'x'.repeat(201), '--scope', 'metrics:read'], /name/],
    [['--name', 'crm', '--scope', 'metrics:read', '--expires', '2001-01-01'], /future time/],
  ])('exits 2 for %j and creates no token', async (args, message) => {
    const { code, stdout, stderr } = await token('create', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await stores.database.tokens.count()).toBe(0);
  });
});

describe('list', () => {
  it('lists tokens, newest first, without the tokens themselves', async () => {
    const older = await create('--name', 'older', '--scope', 'metrics:read');
    const newer = await create('--name', 'newer', '--scope', 'conversations:read,queues:admin');
    const text = successOutput(await token('list', '-o', 'json'));
    expect(JSON.parse(text)).toStrictEqual(
      [newer, older].map(({ id, name, scopes }) => ({
        id,
        name,
        scopes,
        sender: null,
        created_at: ISO_TIME,
        expires_at: null,
        revoked_at: null,
      })),
    );
    expect(text).not.toMatch(/conv_|hash/);
  });

  it('separates fields by tabs when piped', async () => {
    const { id } = await create('--name', 'crm', '--scope', 'conversations:read,queues:admin');
    const [row] = parseCells(successOutput(await token('list')));
    expect(row?.slice(0, 3)).toEqual([id, 'crm', 'conversations:read queues:admin']);
  });

  it('names conv token create if there are no tokens', async () => {
    const { code, stdout, stderr } = await token('list');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('conv token create');
  });
});

describe('revoke', () => {
  it('makes the API refuse the token', async () => {
    const created = await create('--name', 'crm', '--scope', 'conversations:read');
    expect(await statusWith(created.token)).toBe(200);
    const revoked = parseJson<{ revoked_at: string }>(await token('revoke', created.id, '-o', 'json'));
    expect(revoked.revoked_at).toMatch(/Z$/);
    await eventually(async () => (await statusWith(created.token)) === 401);
  });

  it('keeps the time of revocation the second time', async () => {
    const { id } = await create('--name', 'crm', '--scope', 'conversations:read');
    const first = successOutput(await token('revoke', id));
    expect(successOutput(await token('revoke', id))).toBe(first);
  });

  it.each(['0198c0de-0000-7000-8000-000000000000', 'crm', '-5'])(
    'exits 1 for the unknown id %s',
    async (id) => {
      const { code, stderr } = await token('revoke', '--', id);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^conv: token ".*" does not exist.*conv token list`\n$/);
    },
  );

  it('exits 2 without an id', async () => {
    expect((await token('revoke')).code).toBe(2);
  });
});
