import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDevFile } from '../../src/local/dev-file';
import { lockHome } from '../../src/local/home-lock';
import { createSecret } from '../../src/lib/signature';
import { parseCells, parseJson, runInProcess, successOutput, type CliResult } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { containing, like, without } from '../support/matchers';
import { useQueue } from '../support/queue';
import { ndjson } from '../support/send';
import { readApplication, useWeb } from '../support/web';
import { useWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
useWorker(stores, queue);

const folder = mkdtempSync(join(tmpdir(), 'conv-send-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Sends without default credentials: no settings, no local stack. */
const sendBare = (args: string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<CliResult> =>
  runInProcess(['send', ...args], env, { input });

const send = (args: string[], input?: string) =>
  sendBare(['--url', web.url, '--secret', web.secret, '--token', web.token, ...args], input);

const REFUSED = { ...applicationEvent(), candidate: { ...CANDIDATE, phone_number: '+1234567890' } };

it('signs and sends a file, and prints the answer', async () => {
  const event = applicationEvent();
  const file = join(folder, 'event.json');
  writeFileSync(file, JSON.stringify(event, null, 2));
  expect(parseCells(successOutput(await send([file])))).toEqual([['1', event.id, '202', 'QUEUED', '', '']]);
  expect((await readApplication(web, event.id)).id).toBe(event.id);
});

it('sends standard input with -', async () => {
  const event = applicationEvent();
  expect(parseJson(await send(['-', '-o', 'json'], JSON.stringify(event)))).toMatchObject([
    { id: event.id, http: 202 },
  ]);
});

it('sends NDJSON in order, and ignores blank lines and Windows line ends', async () => {
  const events = [applicationEvent(), applicationEvent(), applicationEvent()];
  const input = `\n${ndjson(events).replaceAll('\n', '\r\n\n')}\n`;
  const args = ['-', '--concurrency', '1', '-o', 'ids'];
  expect(parseCells(successOutput(await send(args, input)))).toEqual(events.map(({ id }) => [id]));
});

it('prints the outcome of each application with --wait', async () => {
  const first = applicationEvent();
  const second = applicationEvent({ candidate_id: first.candidate_id });
  const rows = parseJson<object[]>(await send(['-', '--wait', '-o', 'json'], ndjson([first, second])));
  expect(rows).toMatchObject([
    { id: first.id, status: 'ACCEPTED', reason: null, conversation_id: like(/./) },
    { id: second.id, status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', conversation_id: null },
  ]);
});

it('prints that an event was delivered before', async () => {
  const event = JSON.stringify(applicationEvent());
  await send(['-'], event);
  expect(parseJson(await send(['-', '-o', 'json'], event))).toMatchObject([{ http: 202, redelivered: true }]);
});

it('exits 1 if conv does not accept the secret', async () => {
  const { code, stdout } = await send(['-', '--secret', createSecret()], JSON.stringify(applicationEvent()));
  expect(code).toBe(1);
  expect(stdout).toContain('\t401\t');
});

it('reads the secret from WEBHOOK_SECRETS', async () => {
  const env = { WEBHOOK_SECRETS: `${web.secret} ${createSecret()}` };
  expect((await sendBare(['-', '--url', web.url], JSON.stringify(applicationEvent()), env)).code).toBe(0);
});

it('never prints the secret or the token', async () => {
  const { stdout, stderr } = await send(['-', '--wait', '-o', 'json'], JSON.stringify(REFUSED));
  expect(stdout + stderr).not.toContain(web.secret);
  expect(stdout + stderr).not.toContain(web.token);
});

describe('wrong usage exits 2 and sends nothing', () => {
  const event = applicationEvent();

  it.each([
    ['an empty input', ''],
    ['a blank input', ' \n'],
    ['text that is not JSON', 'hello'],
    ['a document with a mistake', JSON.stringify(event, null, 2).replace('}', ',')],
  ])('%s', async (_, input) => {
    expect((await send(['-'], input)).code).toBe(2);
    await expect(readApplication(web, event.id)).rejects.toThrow('404');
  });

  it('no address', async () => {
    const { code, stderr } = await sendBare(['-', '--secret', web.secret], '{}');
    expect([code, stderr]).toEqual([2, containing('--url')]);
  });

  it('no secret', async () => {
    const { code, stderr } = await sendBare(['-', '--url', web.url], '{}');
    expect([code, stderr]).toEqual([2, containing('--secret')]);
  });

  it('an invalid secret', async () => {
    const { code, stderr } = await sendBare(['-', '--url', web.url, '--secret', 'hunter2'], '{}');
    expect([code, stderr]).toEqual([2, without('hunter2')]);
  });

  it.each([
    ['that is not one', 'nowhere', /"nowhere": expected an address such as http/],
    ['with another scheme', 'ftp://conv.test', /expected an address such as http/],
    ['with a path', 'https://conv.test/webhooks', /it has a path; .* https:\/\/conv\.test\n$/],
    ['with a query', 'https://conv.test?a=secret', /it has a query; .* https:\/\/conv\.test\n$/],
    ['with a fragment', 'https://conv.test#secret', /it has a fragment; .* https:\/\/conv\.test\n$/],
    ['with credentials', 'https://me:secret@conv.test', /it has credentials; .* https:\/\/conv\.test\n$/],
  ])('an address %s', async (_, url, message) => {
    const { code, stderr } = await sendBare(['-', '--url', url, '--secret', web.secret], '{}');
    expect([code, stderr]).toEqual([2, like(message)]);
    expect(stderr).not.toContain('secret');
  });

  it('--wait without a token', async () => {
    const { code, stderr } = await sendBare(['-', '--wait', '--url', web.url, '--secret', web.secret], '{}');
    expect([code, stderr]).toEqual([2, containing('--token')]);
  });

  it('no file', async () => {
    expect((await send([])).code).toBe(2);
  });
});

it('exits 1 for a file that does not exist, and names it', async () => {
  const { code, stderr } = await send([join(folder, 'none.json')]);
  expect([code, stderr]).toEqual([1, containing('none.json')]);
});

it('exits 3 if conv cannot be reached', async () => {
  const args = ['-', '--url', 'http://127.0.0.1:1', '--retry-for', '0s'];
  const { code, stderr } = await send(args, JSON.stringify(applicationEvent()));
  expect(code).toBe(3);
  expect(stderr).toMatch(/^conv: cannot reach conv at http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\): start/m);
});

it('uses the secret of the local stack if WEBHOOK_SECRETS is empty', async () => {
  const home = mkdtempSync(join(tmpdir(), 'conv-home-'));
  const unlock = await lockHome(home);
  const dev = { url: web.url, token: web.token, webhook_secret: web.secret, database_url: '', redis_url: '' };
  await writeDevFile(home, dev);
  const env = { CONV_HOME: home, WEBHOOK_SECRETS: ' ' };
  const { code } = await sendBare(['-'], JSON.stringify(applicationEvent()), env);
  expect(code).toBe(0);
  await unlock();
  rmSync(home, { recursive: true });
});
