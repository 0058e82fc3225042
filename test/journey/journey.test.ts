import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApplicationView, ConversationView } from '../../src/lib/domain';
import { readDevFile } from '../../src/local/dev-file';
import { cells, dataOf, jsonOf } from '../support/cli';
import { alive, useDevStack } from '../support/dev-stack';
import { applicationEvent } from '../support/factories';
import { containing, like } from '../support/like';

const stack = useDevStack();
const run = promisify(execFile);

const first = applicationEvent();
const second = applicationEvent({ candidate_id: first.candidate_id });
let conversationId: string;

async function get<T>(path: string): Promise<T> {
  const response = await fetch(stack.dev.url + path, {
    headers: { Authorization: `Bearer ${stack.dev.token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

interface Sent extends ApplicationView {
  http: number;
}

/** The whole story in order: each test goes on where the one before ended. */
it('writes dev.json for its owner alone', () => {
  expect(stack.dev).toStrictEqual({
    url: like(/^http:\/\/[\w.]+:\d+$/),
    database_url: like(/^postgres(ql)?:\/\//),
    redis_url: like(/^redis:\/\//),
    token: like(/^conv_/),
    webhook_secret: like(/^whsec_/),
  });
  expect(statSync(join(stack.home, 'dev.json')).mode & 0o777).toBe(0o600);
});

it('prints the address, a token, a signing secret and a line to paste', () => {
  const { url, token, webhook_secret } = stack.dev;
  for (const part of [url, token, webhook_secret, 'curl', 'conv send'])
    expect(stack.output()).toContain(part);
});

it('does what its line to paste says', async () => {
  const line =
    stack
      .output()
      .split('\n')
      .find((text) => text.startsWith('curl ')) ?? '';
  const { stdout } = await run('/bin/sh', ['-c', line]);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'QUEUED' });
});

it('is ready', async () => {
  expect(await get('/readyz')).toMatchObject({ status: 'ok' });
});

it('decides what is sent: the first application is ACCEPTED, the second has to wait its turn', async () => {
  const input = [first, second].map((event) => JSON.stringify(event)).join('\n');
  const [accepted, rejected] = jsonOf<Sent[]>(await stack.conv(['send', '-', '--wait', '-o', 'json'], input));
  expect(accepted).toMatchObject({ id: first.id, http: 202, status: 'ACCEPTED' });
  expect(rejected).toMatchObject({ id: second.id, status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' });
  conversationId = accepted?.conversation_id ?? '';
});

it('shows the conversation over REST and on the command line alike', async () => {
  const conversation = await get<ConversationView>(`/conversations/${conversationId}`);
  expect(conversation).toMatchObject({ application_id: first.id, status: 'CREATED' });
  expect(jsonOf(await stack.conv(['list', '--candidate', first.candidate_id, '-o', 'json']))).toStrictEqual([
    conversation,
  ]);
});

it('moves it to its end', async () => {
  for (const status of ['ONGOING', 'COMPLETED']) {
    const headers = { Authorization: `Bearer ${stack.dev.token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ status });
    const response = await fetch(`${stack.dev.url}/conversations/${conversationId}`, {
      method: 'PATCH',
      headers,
      body,
    });
    expect(await response.json()).toMatchObject({ id: conversationId, status });
  }
});

it('accepts the second application when it is replayed', async () => {
  const replayed = await stack.conv(['replay', second.id]);
  expect([replayed.code, cells(replayed.stdout)[0]?.slice(0, 2)]).toEqual([0, [second.id, 'QUEUED']]);
  const [again] = jsonOf<Sent[]>(
    await stack.conv(['send', '-', '--wait', '-o', 'json'], JSON.stringify(second)),
  );
  expect(again).toMatchObject({ status: 'ACCEPTED', redelivered: true });
  expect(await get(`/applications/${second.id}`)).toMatchObject({ status: 'ACCEPTED', reason: null });
});

it('shows Bull Board to a browser', async () => {
  const login = { Authorization: `Basic ${Buffer.from(`me:${stack.dev.token}`).toString('base64')}` };
  const page = await fetch(`${stack.dev.url}/admin/queues`, { headers: login });
  expect([page.status, page.headers.get('Content-Type')]).toEqual([200, containing('text/html')]);
});

it('is in order: nothing waits, nothing failed', async () => {
  expect(jsonOf(await stack.conv(['queue', 'stats', '-o', 'json']))).toMatchObject({ waiting: 0, failed: 0 });
});

it('serves conv demo, which ends well', async () => {
  const story = dataOf(await stack.conv(['demo']));
  for (const part of [
    'ACCEPTED',
    'Idempotent-Replayed',
    'ACTIVE_CONVERSATION',
    'DUPLICATE_APPLICATION',
    '422',
    'downstream: Hello demo-candidate',
    'COMPLETED',
  ])
    expect(story).toContain(part);
});

it('makes a token and ends one', async () => {
  const { id, token } = jsonOf<{ id: string; token: string }>(
    await stack.conv(['token', 'create', '--name', 'crm', '--scope', 'conversations:read', '-o', 'json']),
  );
  const read = () =>
    fetch(`${stack.dev.url}/conversations`, { headers: { Authorization: `Bearer ${token}` } });
  expect((await read()).status).toBe(200);
  expect((await stack.conv(['token', 'revoke', id])).code).toBe(0);
});

it('stops at Ctrl-C with exit code 0, and leaves no process and no dev.json', async () => {
  const parts = stack.processes();
  expect(parts.length).toBeGreaterThanOrEqual(5); // conv dev, web, worker, PostgreSQL, Redis.
  stack.child.kill('SIGINT');
  await once(stack.child, 'exit');
  expect([stack.child.exitCode, stack.child.signalCode]).toEqual([0, null]);
  expect([...alive(parts), ...stack.processes()]).toEqual([]);
  expect([existsSync(join(stack.home, 'dev.json')), await readDevFile(stack.home)]).toEqual([false, null]);
});

it('tells from then on that nothing runs', async () => {
  const { code, stderr } = await stack.conv(['list']);
  expect([code, stderr]).toEqual([3, containing('npm start')]);
});
