import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApplicationView, ConversationView } from '../../src/lib/domain';
import { readDevFile } from '../../src/local/dev-file';
import { parseCells, parseJson, successOutput } from '../support/cli';
import { useDevStack } from '../support/dev-stack';
import { applicationEvent } from '../support/factories';
import { containing, like } from '../support/matchers';
import { stillRunning } from '../support/process-table';

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

// The tests run in order: each continues where the previous one ended.
it('writes dev.json, readable only by its owner', () => {
  expect(stack.dev).toStrictEqual({
    url: like(/^http:\/\/[\w.]+:\d+$/),
    database_url: like(/^postgres(ql)?:\/\//),
    redis_url: like(/^redis:\/\//),
    token: like(/^conv_/),
    webhook_secret: like(/^whsec_/),
  });
  expect(statSync(join(stack.home, 'dev.json')).mode & 0o777).toBe(0o600);
});

it('prints the URL, a token, a webhook secret and commands to paste', () => {
  const { url, token, webhook_secret } = stack.dev;
  for (const part of [url, token, webhook_secret, 'curl', 'conv send'])
    expect(stack.output()).toContain(part);
});

it('accepts the application in the printed curl command', async () => {
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

it('accepts the first application of a candidate and rejects the second', async () => {
  const input = [first, second].map((event) => JSON.stringify(event)).join('\n');
  const [accepted, rejected] = parseJson<Sent[]>(
    await stack.conv(['send', '-', '--wait', '-o', 'json'], input),
  );
  expect(accepted).toMatchObject({ id: first.id, http: 202, status: 'ACCEPTED' });
  expect(rejected).toMatchObject({ id: second.id, status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' });
  conversationId = accepted?.conversation_id ?? '';
});

it('shows the same conversation over REST and on the command line', async () => {
  const conversation = await get<ConversationView>(`/conversations/${conversationId}`);
  expect(conversation).toMatchObject({ application_id: first.id, status: 'CREATED' });
  expect(
    parseJson(await stack.conv(['list', '--candidate', first.candidate_id, '-o', 'json'])),
  ).toStrictEqual([conversation]);
});

it('moves the conversation to COMPLETED', async () => {
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

it('accepts the rejected application when it is replayed', async () => {
  const replayed = await stack.conv(['replay', second.id]);
  expect([replayed.code, parseCells(replayed.stdout)[0]?.slice(0, 2)]).toEqual([0, [second.id, 'QUEUED']]);
  const [again] = parseJson<Sent[]>(
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

it('has no waiting and no failed jobs', async () => {
  expect(parseJson(await stack.conv(['queue', 'stats', '-o', 'json']))).toMatchObject([
    { id: 'applications', waiting: 0, failed: 0 },
    { id: 'push', waiting: 0, failed: 0 },
  ]);
});

it('passes every step of conv demo', async () => {
  const output = successOutput(await stack.conv(['demo']));
  for (const part of [
    'ACCEPTED',
    'Idempotent-Replayed',
    'ACTIVE_CONVERSATION',
    'DUPLICATE_APPLICATION',
    '422',
    'sms-gateway: SMS to +14155552671: Hello Jane,',
    'COMPLETED',
  ])
    expect(output).toContain(part);
});

it('creates a token that works, and revokes it', async () => {
  const { id, token } = parseJson<{ id: string; token: string }>(
    await stack.conv(['token', 'create', '--name', 'crm', '--scope', 'conversations:read', '-o', 'json']),
  );
  const read = () =>
    fetch(`${stack.dev.url}/conversations`, { headers: { Authorization: `Bearer ${token}` } });
  expect((await read()).status).toBe(200);
  expect((await stack.conv(['token', 'revoke', id])).code).toBe(0);
});

it('stops at Ctrl-C with exit code 0, and leaves no process and no dev.json', async () => {
  const parts = stack.processes();
  expect(parts.length).toBeGreaterThanOrEqual(5); // conv dev, web, worker, PostgreSQL, Redis
  stack.child.kill('SIGINT');
  await once(stack.child, 'exit');
  expect([stack.child.exitCode, stack.child.signalCode]).toEqual([0, null]);
  expect([...stillRunning(parts), ...stack.processes()]).toEqual([]);
  expect([existsSync(join(stack.home, 'dev.json')), await readDevFile(stack.home)]).toEqual([false, null]);
});

it('says how to start it once it has stopped', async () => {
  const { code, stderr } = await stack.conv(['list']);
  expect([code, stderr]).toEqual([3, containing('npm start')]);
});
