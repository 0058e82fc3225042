import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NO_STACK } from '../support/cli';
import { useDatabase } from '../support/database';
import { conversation } from '../support/decided';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const CONV = `"${process.execPath}" "${join(__dirname, '../../bin/conv')}"`;

beforeAll(async () => {
  for (let n = 0; n < 300; n += 10)
    await Promise.all(
      Array.from({ length: 10 }, () => conversation(stores, 'CREATED', { job_id: 'j'.repeat(200) })),
    );
});

/** A line as typed into a shell. */
async function shell(
  line: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('/bin/bash', ['-c', line], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: stores.url,
      REDIS_URL: queue.redisUrl,
      QUEUE_PREFIX: queue.prefix,
      CONV_HOME: NO_STACK,
      ...env,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

describe('a closed pipe is no error', () => {
  it.each(['table', 'json', 'ndjson', 'csv', 'ids'])('of conv list -o %s | head -1', async (format) => {
    const ran = await shell(`set -o pipefail; ${CONV} list --all -o ${format} | head -1`);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  it('where nobody reads at all', async () => {
    const ran = await shell(`set -o pipefail; ${CONV} list --all -o json | true`);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
  });

  it('of help', async () => {
    expect((await shell(`set -o pipefail; ${CONV} --help | true`)).stderr).toBe('');
  });
});

it('writes all of a long list into a pipe', async () => {
  const { stdout } = await shell(`${CONV} list --all -o ids | wc -l`);
  expect(Number(stdout)).toBe(300);
});

/** `script`, part of every Linux and macOS, gives a command a terminal. */
const scripted = (line: string) =>
  process.platform === 'darwin'
    ? `script -q /dev/null /bin/sh -c '${line}'`
    : `script -qec '${line}' /dev/null`;
const onTerminal = (line: string, env?: NodeJS.ProcessEnv) => shell(scripted(line), env);

describe('on a terminal', () => {
  it('draws a table with a heading', async () => {
    const { stdout } = await onTerminal(`${CONV} list --limit 2`, { TERM: 'xterm' });
    expect(stdout).toMatch(/ID .*STATUS .*CANDIDATE ID .*JOB ID/);
    expect(stdout).toContain('\u001b[1m');
  });

  it('has no colour where NO_COLOR is set', async () => {
    const { stdout } = await onTerminal(`${CONV} list --limit 2`, { TERM: 'xterm', NO_COLOR: '1' });
    expect(stdout).toContain('CANDIDATE ID');
    expect(stdout).not.toContain('\u001b[');
  });

  it('says that there is more than is shown', async () => {
    const { stdout } = await onTerminal(`${CONV} list --limit 2`, { TERM: 'xterm' });
    expect(stdout).toMatch(/there are more: --all/);
  });

  it('asks before it changes several, and does nothing at no', async () => {
    const { stdout, code } = await shell(`echo n | ${scripted(`${CONV} db rollback`)}`, { TERM: 'xterm' });
    expect(stdout).toMatch(/take back [\w-]+ with all data in it\? \[y\/N\]/);
    expect(stdout).toContain('nothing was done');
    expect(code).toBe(1);
    expect(await stores.database.conversations.count()).toBe(300);
  });
});
