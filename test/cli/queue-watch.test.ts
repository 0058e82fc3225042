import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { QueueStats } from '../../src/queue/stats';
import { createCli, NO_STACK, splitLines, storesEnv } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();

it('prints the present state again and again until Ctrl-C', async () => {
  const env = { PATH: process.env['PATH'], CONV_HOME: NO_STACK, ...storesEnv(stores, queue) };
  const bin = join(__dirname, '../../bin/conv');
  const child = spawn(process.execPath, [bin, 'queue', 'stats', '--watch', '-o', 'ndjson'], { env });
  atEnd(() => Promise.resolve(child.kill('SIGKILL')));
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const newest = () => JSON.parse(splitLines(stdout).at(-1) ?? '') as QueueStats;
  await eventually(() => newest().id === 'push' && !newest().paused);
  await queue.push.queue.pause();
  await eventually(() => newest().paused);
  child.kill('SIGINT');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(code ?? signal).toBe('SIGINT');
});

it('refuses --watch with -o json', async () => {
  const conv = createCli(stores, queue);
  expect(await conv(['queue', 'stats', '--watch', '-o', 'json'])).toMatchObject({
    code: 2,
    stderr: containing('-o ndjson'),
  });
});
