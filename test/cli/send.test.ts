import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecret } from '../../src/lib/signature';
import { cells, dataOf, jsonOf, NO_STACK, type Ran } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { containing, like, without } from '../support/like';
import { runConv } from '../support/processes';
import { useQueue } from '../support/queue';
import { readApplication, useWeb } from '../support/web';
import { useWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
useWorker(stores, queue);

const folder = mkdtempSync(join(tmpdir(), 'conv-send-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Only what is on the command line: no settings, no stack. */
const bare = (args: string[], input?: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runConv(['send', ...args], { CONV_HOME: NO_STACK, ...env }, input);

const send = (args: string[], input?: string) =>
  bare(['--url', web.url, '--secret', web.secret, '--token', web.token, ...args], input);

const ndjson = (events: object[]) => events.map((event) => JSON.stringify(event)).join('\n');
const REFUSED = { ...applicationEvent(), candidate: { ...CANDIDATE, phone_number: '+1234567890' } };

it('sends a file, signed, and prints what was answered', async () => {
  const event = applicationEvent();
  const file = join(folder, 'event.json');
  writeFileSync(file, JSON.stringify(event, null, 2));
  expect(cells(dataOf(await send([file])))).toEqual([[event.id, '202', 'QUEUED', '', '']]);
  expect((await readApplication(web, event.id)).id).toBe(event.id);
});

it('sends standard input', async () => {
  const event = applicationEvent();
  expect(jsonOf(await send(['-', '-o', 'json'], JSON.stringify(event)))).toMatchObject([
    { id: event.id, http: 202 },
  ]);
});

it('sends many as NDJSON, in order, blank lines and Windows’ line ends aside', async () => {
  const events = [applicationEvent(), applicationEvent(), applicationEvent()];
  const input = `\n${ndjson(events).replaceAll('\n', '\r\n\n')}\n`;
  expect(cells(dataOf(await send(['-', '-o', 'ids'], input)))).toEqual(events.map(({ id }) => [id]));
});

it('shows with --wait what became of each', async () => {
  const first = applicationEvent();
  const second = applicationEvent({ candidate_id: first.candidate_id });
  const rows = jsonOf<object[]>(await send(['-', '--wait', '-o', 'json'], ndjson([first, second])));
  expect(rows).toMatchObject([
    { id: first.id, status: 'ACCEPTED', reason: null, conversation_id: like(/./) },
    { id: second.id, status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', conversation_id: null },
  ]);
});

it('tells that an event was known already', async () => {
  const event = JSON.stringify(applicationEvent());
  await send(['-'], event);
  expect(jsonOf(await send(['-', '-o', 'json'], event))).toMatchObject([{ http: 202, redelivered: true }]);
});

it('exits 1 where an event is refused, says why, and still sends the others', async () => {
  const event = applicationEvent();
  const { code, stdout, stderr } = await send(['-'], ndjson([REFUSED, event]));
  expect(code).toBe(1);
  expect(stderr).toContain('1 of 2 not accepted');
  expect(cells(stdout)).toEqual([
    ['', '422', '', containing('/candidate/phone_number'), ''],
    [event.id, '202', 'QUEUED', '', ''],
  ]);
});

it('exits 1 where the secret is not the one that is known there', async () => {
  const { code, stdout } = await send(['-', '--secret', createSecret()], JSON.stringify(applicationEvent()));
  expect(code).toBe(1);
  expect(stdout).toContain('\t401\t');
});

it('takes the secret from WEBHOOK_SECRETS', async () => {
  const env = { WEBHOOK_SECRETS: `${web.secret} ${createSecret()}` };
  expect((await bare(['-', '--url', web.url], JSON.stringify(applicationEvent()), env)).code).toBe(0);
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
    ['no JSON', 'hello'],
    ['one line that is no JSON', `${JSON.stringify(event)}\n{`],
  ])('%s', async (_, input) => {
    expect((await send(['-'], input)).code).toBe(2);
    await expect(readApplication(web, event.id)).rejects.toThrow('404');
  });

  it('no address', async () => {
    const { code, stderr } = await bare(['-', '--secret', web.secret], '{}');
    expect([code, stderr]).toEqual([2, containing('--url')]);
  });

  it('no secret', async () => {
    const { code, stderr } = await bare(['-', '--url', web.url], '{}');
    expect([code, stderr]).toEqual([2, containing('--secret')]);
  });

  it('a secret that is none', async () => {
    const { code, stderr } = await bare(['-', '--url', web.url, '--secret', 'hunter2'], '{}');
    expect([code, stderr]).toEqual([2, without('hunter2')]);
  });

  it('an address that is none', async () => {
    expect((await bare(['-', '--url', 'nowhere', '--secret', web.secret], '{}')).code).toBe(2);
  });

  it('--wait without a token', async () => {
    const { code, stderr } = await bare(['-', '--wait', '--url', web.url, '--secret', web.secret], '{}');
    expect([code, stderr]).toEqual([2, containing('--token')]);
  });

  it('no file named', async () => {
    expect((await send([])).code).toBe(2);
  });
});

it('exits 1 for a file that is not there, and names it', async () => {
  const { code, stderr } = await send([join(folder, 'none.json')]);
  expect([code, stderr]).toEqual([1, containing('none.json')]);
});

it('exits 3 where conv itself cannot be reached', async () => {
  const { code, stderr } = await send(
    ['-', '--url', 'http://127.0.0.1:1'],
    JSON.stringify(applicationEvent()),
  );
  expect(code).toBe(3);
  expect(stderr).toMatch(/^conv: .*127\.0\.0\.1:1 cannot be reached.*\n$/);
});
