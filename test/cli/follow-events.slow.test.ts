import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { moveConversation } from '../../src/conversations/move';
import { NO_STACK } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { forwardTo } from '../support/proxy';

const stores = useDatabase();

/** Starts `conv events --follow` in a process of its own, which ends with the test file at the latest. */
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
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  };
  atEnd(stop);
  return {
    lines: () => stdout.split('\n').filter((line) => line !== ''),
    stderr: () => stderr,
    stop,
    child,
  };
}

it('prints existing events and then new ones', async () => {
  const first = await createConversation(stores);
  const following = follow(stores.url, '-o', 'ndjson');
  await eventually(() => following.lines().length === 1);
  const second = await createConversation(stores);
  await eventually(() => following.lines().length === 2);
  await moveConversation(stores.database, first, 'ONGOING');
  await eventually(() => following.lines().length === 3);
  const events = following.lines().map((line) => JSON.parse(line) as { type: string; data: { id: string } });
  expect(events.map(({ type, data }) => [type, data.id])).toEqual([
    ['conversation.created', first],
    ['conversation.created', second],
    ['conversation.updated', first],
  ]);
  expect(following.stderr()).toBe('');
  await following.stop();
});

it('prints only the events after --after with the types of --type', async () => {
  const all = follow(stores.url, '-o', 'ids');
  await eventually(() => all.lines().length >= 3);
  const [first = ''] = all.lines();
  await all.stop();
  const following = follow(stores.url, '-o', 'table', '--after', first, '--type', 'conversation.updated');
  await eventually(() => following.lines().length === 1);
  const id = await createConversation(stores, 'ONGOING');
  await eventually(() => following.lines().length === 2);
  const cells = following.lines().map((line) => line.split('\t'));
  expect(cells.map(([, type]) => type)).toEqual(['conversation.updated', 'conversation.updated']);
  expect(cells[1]?.[3]).toBe(id);
  await following.stop();
});

it.each(['cut', 'stall'] as const)(
  'continues after an outage of the database without losing or repeating an event (%s)',
  async (outage) => {
    const proxy = await forwardTo(stores.url);
    const following = follow(proxy.through(stores.url), '-o', 'ids');
    await createConversation(stores);
    const hasAll = async () => (await stores.database.events.count()) === following.lines().length;
    await eventually(hasAll);
    proxy[outage]();
    if (outage === 'cut') await eventually(() => following.stderr().includes('lost the connection'));
    await createConversation(stores);
    proxy.restore();
    await eventually(hasAll);
    expect(new Set(following.lines()).size).toBe(following.lines().length);
    if (outage === 'cut') {
      await eventually(() => following.stderr().includes('reconnected')); // Arrives through another pipe.
      expect(following.stderr()).toBe(
        'conv: lost the connection to PostgreSQL, reconnecting\nconv: reconnected to PostgreSQL\n',
      );
    }
    expect(following.child.exitCode).toBeNull();
    await following.stop();
  },
);

it('exits 3 if the database cannot be reached at the start', async () => {
  const proxy = await forwardTo(stores.url);
  proxy.cut();
  const { child, stderr } = follow(proxy.through(stores.url));
  await once(child, 'close');
  expect(child.exitCode).toBe(3);
  expect(stderr()).toMatch(/^conv: cannot reach PostgreSQL at /);
});
