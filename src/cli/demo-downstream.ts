import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ConversationView, FeedEvent } from '../lib/domain';
import type { DevFile } from '../local/dev-file';
import { guard } from '../local/guardian';
import { endChild, endOf } from '../local/life';
import { request } from './client';
import type { Io } from './io';
import { printLine } from './io';

/** From dist/src/cli. */
const EXAMPLE = join(__dirname, '../../../examples/downstream/downstream.mjs');
const PAGE = 200;
const LOOK_EVERY_MS = 100;
const DONE_WITHIN_MS = 20_000;
const ENDS_WITHIN_MS = 5000;

interface FeedPage {
  data: FeedEvent[];
  next_cursor: string | null;
}

/** The cursor at the feed's end; null while nothing has ever happened. */
export async function endOfFeed({ url, token }: DevFile): Promise<string | null> {
  let cursor: string | null = null;
  for (;;) {
    const after: string = cursor === null ? '' : `&after=${cursor}`;
    const page: FeedPage = await request<FeedPage>(url, token, 'GET', `/events?limit=${PAGE}${after}`);
    cursor = page.next_cursor;
    if (page.data.length < PAGE) return cursor;
  }
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

async function untilCompleted(dev: DevFile, id: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + DONE_WITHIN_MS;
  while (child.exitCode === null && Date.now() < until) {
    const { status } = await request<ConversationView>(dev.url, dev.token, 'GET', `/conversations/${id}`);
    if (status === 'COMPLETED') return;
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`the example downstream did not complete conversation ${id}`);
}

/**
 * Lets the example downstream follow the feed until a conversation is COMPLETED, and shows what it prints.
 * @param after the cursor from which it follows; what happened before stays as it is
 */
export async function runDownstream(io: Io, dev: DevFile, after: string | null, id: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-demo-'));
  if (after !== null) await writeFile(join(folder, 'cursor'), after);
  const child = start(io, dev, folder);
  const ended = endOf(child);
  const guardian = child.pid === undefined ? null : guard(child.pid, ['SIGTERM', 'SIGKILL']);
  try {
    await untilCompleted(dev, id, child);
  } finally {
    await endChild(child, ended, ['SIGTERM', 'SIGKILL'], ENDS_WITHIN_MS);
    await guardian?.release();
    await rm(folder, { recursive: true });
  }
}
