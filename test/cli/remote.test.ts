import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../../src/local/ports';
import { createConversation, createFailed } from '../support/applications';
import { runInProcess, successOutput } from '../support/cli';
import { withProd } from '../support/contexts';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';
import { readApplication, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const withContext = ({ token = web.token } = {}) => withProd({ url: web.url, token });

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
  const script = `process.argv = ['node', 'conv', 'list']; require(${JSON.stringify(main)});
    process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')));`;
  const env = { PATH: process.env['PATH'], CONV_URL: web.url, CONV_TOKEN: web.token };
  const { stderr } = await promisify(execFile)(process.execPath, ['-e', script], { env });
  expect(stderr).toContain('backend/http/open.js');
  expect(stderr).not.toMatch(/node_modules\/(sequelize|bullmq|ioredis|pg)\//);
});
