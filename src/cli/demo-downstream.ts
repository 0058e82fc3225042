import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DevFile } from '../local/dev-file';
import { endReason, stopChild } from '../local/child';
import { startWatchdog } from '../local/watchdog';
import { callConv, openClient } from './backend/http/call';
import type { Io } from './io';
import { printLine } from './io';

/** Relative to dist/src/cli. */
const EXAMPLE = join(__dirname, '../../../examples/downstream');
const POLL_MS = 100;
const COMPLETED_WITHIN_MS = 20_000;
const STOP_MS = 5000;
const STOP_SIGNALS = ['SIGTERM', 'SIGKILL'] as const;

/** Returns the cursor after the feed's newest event, or null if the feed is empty. */
export async function findFeedEnd({ url, token }: DevFile): Promise<string | null> {
  const client = openClient({ url, token });
  const { next_cursor } = await callConv(client.GET('/events', { params: { query: { after: 'latest' } } }));
  return next_cursor;
}

/** Runs a program of the example during `work`, and prints its output. */
async function runExample(
  io: Io,
  { name, args = [], env }: { name: string; args?: string[]; env: Record<string, string> },
  work: (child: ChildProcess, readOutput: () => string) => Promise<void>,
): Promise<void> {
  const child = spawn(process.execPath, [join(EXAMPLE, `${name}.mjs`), ...args], {
    env: { PATH: io.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (lines: Buffer) => {
      printed += lines.toString();
      printLine(io, lines.toString().trimEnd().replace(/^/gm, `  ${name}: `));
    });
  const ended = endReason(child);
  const watchdog = child.pid === undefined ? null : startWatchdog(child.pid, STOP_SIGNALS);
  try {
    await work(child, () => printed);
  } finally {
    await stopChild(child, ended, STOP_SIGNALS, STOP_MS);
    await watchdog?.release();
  }
}

/** Polls until a check returns something, as long as the child runs. */
async function pollWhileRunning<T>(
  child: ChildProcess,
  check: () => T | null | Promise<T | null>,
): Promise<T> {
  const deadline = Date.now() + COMPLETED_WITHIN_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    const result = await check();
    if (result !== null) return result;
    await pause(POLL_MS);
  }
  throw new Error('the example downstream did not complete the conversation');
}

/**
 * Runs the example downstream with its SMS gateway until it has completed a conversation, and prints their output.
 * @param after the cursor from which it reads the feed, so that it leaves older conversations alone
 */
export async function runDownstream(io: Io, dev: DevFile, after: string | null, id: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-demo-'));
  if (after !== null) await writeFile(join(folder, 'cursor'), after);
  const client = openClient(dev);
  const isCompleted = async () => {
    const { status } = await callConv(client.GET('/conversations/{id}', { params: { path: { id } } }));
    return status === 'COMPLETED' || null;
  };
  try {
    await runExample(io, { name: 'sms-gateway', env: { PORT: '0' } }, async (gateway, readOutput) => {
      const SMS_URL = await pollWhileRunning(gateway, () => /http:\S+/.exec(readOutput())?.[0] ?? null);
      const env = { CONV_URL: dev.url, CONV_TOKEN: dev.token, SMS_URL };
      await runExample(io, { name: 'downstream', args: [folder], env }, async (child) => {
        await pollWhileRunning(child, isCompleted);
      });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
