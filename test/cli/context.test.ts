import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SCOPES } from '../../src/lib/domain';
import { findFreePort } from '../../src/local/ports';
import { createConversation, createFailed } from '../support/applications';
import { parseJson, runInProcess, storesEnv, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';
import { emptyConfig } from '../support/remote';
import { readApplication, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

type Config = ReturnType<typeof emptyConfig>;

const add = (config: Config, name: string, token: string, url = web.url) =>
  runInProcess(['context', 'add', name, '--url', url, '--token', '-'], config, { input: `${token}\n` });

/** Returns settings with the context `prod`, which is in use if that is asked for. */
async function withContext({ use = true, token = web.token } = {}): Promise<Config> {
  const config = emptyConfig();
  await add(config, 'prod', token);
  if (use) await runInProcess(['context', 'use', 'prod'], config);
  return config;
}

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

it('conv replay names the context in its question', async () => {
  const events = [await createFailed(stores), await createFailed(stores)];
  const { code, stderr } = await runInProcess(
    ['replay', ...events.map((event) => event.id)],
    await withContext(),
    { canPrompt: true, input: 'n\n' },
  );
  expect(code).toBe(1);
  expect(stderr).toContain(`About to replay 2 applications in prod (${web.url}). Continue? [y/N] `);
});

it('conv send uses the address and the token of the context', async () => {
  const event = applicationEvent();
  const config = await withContext();
  successOutput(await runInProcess(['send', '-'], config, { input: JSON.stringify(event) }));
  expect((await readApplication(web, event.id)).status).toBe('QUEUED');
});

describe('with a token that lacks a scope', () => {
  it('conv move exits 1 and names the context and the scope', async () => {
    const id = await createConversation(stores);
    const token = await tokenFor(stores, 'conversations:read');
    const { code, stderr } = await runInProcess(['move', id, 'ONGOING'], await withContext({ token }));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `conv: prod (${web.url}): the token "conversations:read" lacks the scope conversations:write: store another with \`conv context add prod --url ${web.url} --token -\`\n`,
    );
  });

  it('conv show leaves out the personal data and says so', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    const token = await tokenFor(stores, 'conversations:read');
    const { code, stdout, stderr } = await runInProcess(['show', id], await withContext({ token }));
    expect([code, stderr]).toEqual([
      0,
      'conv: personal data is not shown: the token "conversations:read" lacks the scope candidates:read\n',
    ]);
    expect(stdout).toContain(`candidate    ${event.candidate_id}\n`);
    expect(stdout).not.toContain(event.candidate.phone_number);
  });
});

it('exits 3 with the cause if conv cannot be reached', async () => {
  const CONV_URL = `http://127.0.0.1:${await findFreePort()}`;
  const { code, stderr } = await runInProcess(['list'], { CONV_URL, CONV_TOKEN: 'conv_x' });
  expect([code, stderr]).toEqual([
    3,
    `conv: ${CONV_URL}: cannot reach it (ECONNREFUSED): check the address, and that conv runs there\n`,
  ]);
});

it('exits 3 for a proxy without a conv behind it, and 1 for something else', async () => {
  for (const [status, expected] of [
    [502, 3],
    [404, 1],
  ] as const) {
    const server = createServer((_, response) => response.writeHead(status).end('<html>')).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const CONV_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await runInProcess(['list'], { CONV_URL, CONV_TOKEN: 'conv_x' });
    server.close();
    expect([code, stderr]).toEqual([expected, containing(`answered ${status}, and not as conv does`)]);
  }
});

it('exits 3 if conv does not answer', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const CONV_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, stderr } = await runInProcess(['list'], { CONV_URL, CONV_TOKEN: 'conv_x' });
  server.closeAllConnections();
  server.close();
  expect([code, stderr]).toEqual([3, containing('cannot reach it (no answer within 4.5 s)')]);
});

it('a command over HTTP loads no driver of a store', async () => {
  const main = join(__dirname, '../../dist/src/cli/main.js');
  const script = `process.argv.splice(1, process.argv.length, 'node', 'conv', 'list'); require(${JSON.stringify(main)});
    process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')));`;
  const env = { PATH: process.env['PATH'], CONV_URL: web.url, CONV_TOKEN: web.token };
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', script], { env });
  expect(stderr).toContain('backend/http/open.js');
  expect(stderr).not.toMatch(/node_modules\/(sequelize|bullmq|ioredis|pg)\//);
});
