import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type { SendRow } from '../../src/cli/send/rows';
import { createSecret } from '../../src/lib/signature';
import { findFreePort } from '../../src/local/ports';
import { NO_STACK } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();

/** How many lines are sent. */
const LINES = 100_000;
const MAX_MEGABYTES = 150;
const WEBHOOK_SECRETS = createSecret();

const folder = mkdtempSync(join(tmpdir(), 'conv-send-'));
const file = join(folder, 'events.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

/** One line of a hundred is broken. */
const isBroken = (line: number) => line % 100 === 50;
const BROKEN = Array.from({ length: LINES }, (_, index) => index + 1).filter(isBroken);

function* createLines(): Generator<string> {
  for (let line = 1; line <= LINES; line += 1)
    yield isBroken(line) ? `{"id": "broken-${line}",\n` : `${JSON.stringify(applicationEvent())}\n`;
}

/** Returns the largest memory that a process has used so far; null if it has ended or the system has no /proc. */
function readPeakMegabytes({ pid = 0 }: ChildProcess): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024 || null;
  } catch {
    return null;
  }
}

/** Runs `conv send` on the file, and calls `onHalf` once when half of the rows are printed. */
async function send(url: string, onHalf: () => void) {
  const args = [join(__dirname, '../../bin/conv'), 'send', file, '--url', url, '-o', 'ndjson'];
  const env = { PATH: process.env['PATH'], CONV_HOME: NO_STACK, WEBHOOK_SECRETS };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const stderr = text(child.stderr);
  let [peak, accepted, count] = [0, 0, 0];
  const others: SendRow[] = [];
  child.stdout.on('data', () => (peak = readPeakMegabytes(child) ?? peak));
  for await (const line of createInterface({ input: child.stdout })) {
    const row = JSON.parse(line) as SendRow;
    if (row.http === 202) accepted += 1;
    else others.push(row);
    if ((count += 1) === LINES / 2) onHalf();
  }
  await closed;
  return { code: child.exitCode, stderr: await stderr, peak, accepted, others };
}

it('sends a long file through a rate limit and a restart, in little memory, and names each broken line', async () => {
  await pipeline(Readable.from(createLines()), createWriteStream(file));
  const env = {
    PORT: String(await findFreePort()),
    WEBHOOK_SECRETS,
    RATE_LIMIT: '2000/s',
    LOG_LEVEL: 'error',
  };
  const first = await startProcess('web', stores, queue, env);
  let restarted = Promise.resolve(first);
  const sent = await send(first.url ?? '', () => {
    restarted = first.stop().then(() => startProcess('web', stores, queue, env));
  });
  await (await restarted).stop();

  expect(sent.others.map(({ line }) => line).sort((a, b) => a - b)).toEqual(BROKEN);
  expect(new Set(sent.others.map(({ reason }) => reason))).toEqual(new Set(['the line is not JSON']));
  expect([sent.code, sent.accepted]).toEqual([1, LINES - BROKEN.length]);
  expect(await queue.bullmq.getWaitingCount()).toBe(LINES - BROKEN.length);
  expect(sent.stderr).toContain(`${BROKEN.length} of ${LINES} events were not accepted`);
  expect(sent.peak).toBeLessThan(MAX_MEGABYTES);
});
