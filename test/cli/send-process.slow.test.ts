import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_STACK, splitLines } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { forwardTo } from '../support/proxy';
import { useQueue } from '../support/queue';
import { ndjson } from '../support/send';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const folder = mkdtempSync(join(tmpdir(), 'conv-send-'));
const COUNT = 1000;
const file = join(folder, 'events.ndjson');
beforeEach(() => writeFileSync(file, ndjson(Array.from({ length: COUNT }, () => applicationEvent()))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a command line in a shell, in which `$CONV` is the program. */
function shell(line: string) {
  const CONV = join(__dirname, '../../bin/conv');
  const env = { PATH: process.env['PATH'], CONV_HOME: NO_STACK, WEBHOOK_SECRETS: web.secret, CONV };
  const child = spawn('/bin/bash', ['--norc', '-c', line], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, stdout: () => stdout, stderr: () => stderr, closed: once(child, 'close') };
}

it('continues sending when the reader of a pipe has gone: conv send | head', async () => {
  const run = shell(`set -o pipefail; "$CONV" send ${file} --url ${web.url} -o ids | head -n 1`);
  await run.closed;
  expect([run.child.exitCode, run.stderr(), splitLines(run.stdout()).length]).toEqual([0, '', 1]);
  expect(await queue.bullmq.getWaitingCount()).toBe(COUNT);
  await queue.bullmq.drain();
});

describe('Ctrl-C', () => {
  it('prints what is known and the line to continue from; every line before it is settled', async () => {
    const run = shell(`exec "$CONV" send ${file} --url ${web.url} -o ndjson`);
    await eventually(() => run.stdout().includes('\n'));
    run.child.kill('SIGINT');
    await run.closed;
    expect(run.child.exitCode).toBe(130);
    const rows = splitLines(run.stdout()).map((row) => JSON.parse(row) as { line: number; http: number });
    const [, accepted, next] =
      /^interrupted: (\d+) events? accepted, 0 refused; continue with --from-line (\d+)\n$/.exec(
        run.stderr(),
      ) ?? [];
    expect(rows.filter(({ http }) => http === 202)).toHaveLength(Number(accepted));
    const before = rows.map(({ line }) => line).filter((line) => line < Number(next));
    expect(new Set(before).size).toBe(Number(next) - 1);

    const rest = shell(`"$CONV" send ${file} --url ${web.url} -o ids --from-line ${next ?? ''}`);
    await rest.closed;
    expect([rest.child.exitCode, await queue.bullmq.getWaitingCount()]).toEqual([0, COUNT]);
  });

  it('ends requests that conv does not answer', async () => {
    const proxy = await forwardTo(web.url);
    proxy.stall();
    const run = shell(`exec "$CONV" send ${file} --url ${proxy.through(web.url)}`);
    await eventually(() => proxy.openConnections() === 16);
    run.child.kill('SIGINT');
    await run.closed;
    expect([run.child.exitCode, run.stderr()]).toEqual([
      130,
      'interrupted: 0 events accepted, 0 refused; continue with --from-line 1\n',
    ]);
  });

  it('ends the wait for more input', async () => {
    const run = shell(`exec "$CONV" send - --url ${web.url} -o ids`);
    run.child.stdin.write(ndjson([applicationEvent()]));
    await eventually(() => run.stdout().includes('\n'));
    run.child.kill('SIGINT');
    await run.closed;
    expect([run.child.exitCode, run.stderr()]).toEqual([
      130,
      'interrupted: 1 event accepted, 0 refused; continue with --from-line 2\n',
    ]);
  });
});
