import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { moveConversation } from '../../src/conversations/move';
import { NO_STACK } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { conversation } from '../support/decided';
import { eventually } from '../support/eventually';
import { forwardTo } from '../support/proxy';

const stores = useDatabase();

/** `conv events --follow` with what it printed so far; ended at the end of the file at the latest. */
function follow(databaseUrl: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(__dirname, '../../bin/conv'), 'events', '--follow', ...args], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, CONV_HOME: NO_STACK },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  };
  atEnd(stop);
  return {
    lines: () => stdout.split('\n').filter((line) => line !== ''),
    stderr: () => stderr,
    stop,
    child,
  };
}

it('shows what happened and then what happens', async () => {
  const first = await conversation(stores);
  const following = follow(stores.url, '-o', 'ndjson');
  await eventually(() => following.lines().length === 1);
  const second = await conversation(stores);
  await eventually(() => following.lines().length === 2);
  await moveConversation(stores.database, first, 'ONGOING');
  await eventually(() => following.lines().length === 3);
  const seen = following.lines().map((line) => JSON.parse(line) as { type: string; data: { id: string } });
  expect(seen.map(({ type, data }) => [type, data.id])).toEqual([
    ['conversation.created', first],
    ['conversation.created', second],
    ['conversation.updated', first],
  ]);
  expect(following.stderr()).toBe('');
  await following.stop();
});

it('begins after an event and leaves out other types', async () => {
  const before = follow(stores.url, '-o', 'ids');
  await eventually(() => before.lines().length >= 3);
  const [first = ''] = before.lines();
  await before.stop();
  const following = follow(stores.url, '-o', 'table', '--after', first, '--type', 'conversation.updated');
  await eventually(() => following.lines().length === 1);
  const id = await conversation(stores, 'ONGOING');
  await eventually(() => following.lines().length === 2);
  const cells = following.lines().map((line) => line.split('\t'));
  expect(cells.map(([, type]) => type)).toEqual(['conversation.updated', 'conversation.updated']);
  expect(cells[1]?.[3]).toBe(id);
  await following.stop();
});

it.each(['cut', 'stall'] as const)('survives a database outage and goes on where it was: %s', async (how) => {
  const proxy = await forwardTo(stores.url);
  const following = follow(proxy.through(stores.url), '-o', 'ids');
  await conversation(stores);
  const all = async () => (await stores.database.events.count()) === following.lines().length;
  await eventually(all);
  proxy[how]();
  if (how === 'cut') await eventually(() => following.stderr().includes('the database is away'));
  await conversation(stores);
  proxy.restore();
  await eventually(all);
  expect(new Set(following.lines()).size).toBe(following.lines().length);
  if (how === 'cut') {
    await eventually(() => following.stderr().includes('back')); // Another pipe: it may come later.
    expect(following.stderr()).toBe(
      'conv: the database is away; waiting for it\nconv: the database is back\n',
    );
  }
  expect(following.child.exitCode).toBeNull();
  await following.stop();
});

it('is exit 3 where the database is away at the start', async () => {
  const proxy = await forwardTo(stores.url);
  proxy.cut();
  const { child, stderr } = follow(proxy.through(stores.url));
  await once(child, 'close');
  expect(child.exitCode).toBe(3);
  expect(stderr()).toMatch(/PostgreSQL at .* cannot be reached/);
});
