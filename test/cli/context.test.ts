import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SCOPES } from '../../src/lib/domain';
import { createConversation } from '../support/applications';
import { parseJson, runInProcess, storesEnv, successOutput } from '../support/cli';
import { addContext, withProd, type Config } from '../support/contexts';
import { useDatabase } from '../support/database';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';
import { emptyConfig } from '../support/remote';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const add = (config: Config, name: string, token: string) => addContext(config, name, web.url, token);
const withContext = ({ use = true, token = web.token } = {}) => withProd({ url: web.url, token }, { use });

describe('conv context add', () => {
  it('stores address and token for the user only', async () => {
    const config = emptyConfig();
    const folder = join(config.XDG_CONFIG_HOME, 'conv');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    await add(config, 'prod', web.token);
    const file = join(folder, 'contexts.json');
    expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      current: null,
      contexts: { prod: { url: web.url, token: web.token } },
    });
  });

  it('names the commands for which the token lacks a scope', async () => {
    const { code, stderr } = await add(emptyConfig(), 'prod', await tokenFor(stores, 'conversations:read'));
    expect(code).toBe(0);
    expect(stderr).toContain('lacks conversations:write, which is for conv move\n');
    expect(stderr).not.toContain('lacks conversations:read');
  });

  it('exits 1 for a token that conv refuses, and stores nothing', async () => {
    const config = emptyConfig();
    const { code, stderr } = await add(config, 'prod', `conv_${'A'.repeat(43)}`);
    expect([code, stderr]).toEqual([1, containing(`conv: prod (${web.url}): the token is unknown`)]);
    expect((await runInProcess(['context', 'list'], config)).stdout).toBe('');
  });

  it.each([
    ['local', /invalid name local/],
    ['Prod!', /invalid name "Prod!": expected 1 to 32 lower-case letters/],
  ])('exits 2 for the name %s', async (name, message) => {
    const { code, stderr } = await add(emptyConfig(), name, web.token);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('exits 2 without a token', async () => {
    const { code, stderr } = await runInProcess(['context', 'add', 'prod', '--url', web.url], emptyConfig());
    expect([code, stderr]).toEqual([2, containing('pass --token -')]);
  });
});

it('never prints a token', async () => {
  const config = await withContext();
  const outputs = [
    await runInProcess(['context', 'list', '-o', 'json'], config),
    await runInProcess(['context', 'show', '-o', 'json'], config),
    await add(config, 'prod', web.token),
  ];
  expect(JSON.stringify(outputs)).not.toContain(web.token);
});

it('conv context list names the one in use', async () => {
  const config = await withContext();
  await add(config, 'staging', web.token);
  expect(parseJson(await runInProcess(['context', 'list', '-o', 'json'], config))).toEqual([
    { id: 'prod', url: web.url, in_use: true },
    { id: 'staging', url: web.url, in_use: false },
  ]);
});

it('conv context show prints what the token may do', async () => {
  const shown = await runInProcess(['context', 'show', '-o', 'json'], await withContext());
  expect(parseJson(shown)).toMatchObject({ id: 'prod', url: web.url, scopes: SCOPES });
});

it('conv context remove of the one in use goes back to the stores', async () => {
  const config = await withContext();
  await runInProcess(['context', 'remove', 'prod'], config);
  const { code, stderr } = await runInProcess(['list'], config);
  expect([code, stderr]).toEqual([3, containing('no PostgreSQL is configured')]);
});

it('exits 2 for an unknown context and names the known ones', async () => {
  const { code, stderr } = await runInProcess(['list', '--context', 'test'], await withContext());
  expect([code, stderr]).toEqual([2, 'conv: there is no context "test": expected prod, local\n']);
});

describe('which conv a command uses', () => {
  const CLOSED = { CONV_URL: 'http://127.0.0.1:1', CONV_TOKEN: 'conv_x' };
  let id: string;
  beforeAll(async () => {
    id = await createConversation(stores);
  });

  const ids = async (args: string[], env: NodeJS.ProcessEnv) =>
    successOutput(await runInProcess([...args, '-o', 'ids'], env));

  it('is the context in use', async () => {
    expect(await ids(['show', id], await withContext())).toBe(`${id}\n`);
  });

  it.each([[['--context', 'prod', 'show']], [['show', '--context=prod']]])(
    'is the one of --context, before CONV_URL: %j',
    async (args) => {
      expect(await ids([...args, id], { ...(await withContext({ use: false })), ...CLOSED })).toBe(`${id}\n`);
    },
  );

  it('is CONV_URL before the context in use', async () => {
    const env = { ...(await withContext()), ...CLOSED };
    expect((await runInProcess(['show', id], env)).code).toBe(3);
  });

  it('is the stores with --context local', async () => {
    const env = { ...(await withContext()), ...storesEnv(stores, queue) };
    expect(await ids(['show', id, '--context', 'local'], env)).toBe(`${id}\n`);
  });

  it.each([
    ['CONV_URL', CLOSED],
    ['the context prod', {}],
  ])('is not guessed if %s and DATABASE_URL are both set', async (what, more) => {
    const env = { ...(await withContext({ use: what !== 'CONV_URL' })), ...more, DATABASE_URL: stores.url };
    const { code, stderr } = await runInProcess(['list'], env);
    expect(code).toBe(2);
    expect(stderr).toContain(`conv: ${what} and DATABASE_URL both say which conv to use: pass --context`);
  });
});

it.each([
  ['queue', 'stats'],
  ['db', 'status'],
  ['token', 'list'],
  ['find', 'jane'],
  ['events', 'deliveries'],
  ['apps', 'stats'],
])('conv %s %s refuses a context, because it needs the stores', async (...args) => {
  const { code, stderr } = await runInProcess(args, await withContext());
  expect(code).toBe(2);
  expect(stderr).toBe(
    `conv: this command needs PostgreSQL and Redis, and prod (${web.url}) is in use: pass --context local to run it on the stores\n`,
  );
});
