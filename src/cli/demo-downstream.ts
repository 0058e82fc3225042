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
const EXAMPLE = join(__dirname, '../../../examples/downstream/downstream.mjs');
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

function start(io: Io, dev: DevFile, folder: string): ChildProcess {
  const env = { PATH: io.env['PATH'], CONV_URL: dev.url, CONV_TOKEN: dev.token };
  const child = spawn(process.execPath, [EXAMPLE, folder], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const output of [child.stdout, child.stderr])
    output.on('data', (lines: Buffer) =>
      printLine(io, lines.toString().trimEnd().replace(/^/gm, '  downstream: ')),
    );
  return child;
}

async function waitUntilCompleted(dev: DevFile, id: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + COMPLETED_WITHIN_MS;
  const client = openClient(dev);
  while (child.exitCode === null && Date.now() < deadline) {
    const { status } = await callConv(client.GET('/conversations/{id}', { params: { path: { id } } }));
    if (status === 'COMPLETED') return;
    await pause(POLL_MS);
  }
  throw new Error(`the example downstream did not complete conversation ${id}`);
}

/**
 * Runs the example downstream until it has completed a conversation, and prints its output.
 * @param after the cursor from which it reads the feed, so that it leaves older conversations alone
 */
export async function runDownstream(io: Io, dev: DevFile, after: string | null, id: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-demo-'));
  if (after !== null) await writeFile(join(folder, 'cursor'), after);
  const child = start(io, dev, folder);
  const ended = endReason(child);
  const watchdog = child.pid === undefined ? null : startWatchdog(child.pid, STOP_SIGNALS);
  try {
    await waitUntilCompleted(dev, id, child);
  } finally {
    await stopChild(child, ended, STOP_SIGNALS, STOP_MS);
    await watchdog?.release();
    await rm(folder, { recursive: true });
  }
}
