import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecret } from '../../../src/lib/signature';
import { atEnd } from '../../support/cleanup';
import type { TestDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { startProcess } from '../../support/processes';
import type { TestQueue } from '../../support/queue';
import { tokenFor, type TestWeb } from '../../support/web';

const FOLDER = join(__dirname, '../../../examples/downstream');

/** What the fake SMS gateway has sent. */
export interface Sms {
  to: string;
  text: string;
}

/** A running program of the example. */
interface Running {
  /** Returns what it has printed. */
  output(): string;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
}

function start(command: string, args: string[], env: Record<string, string>): Running {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  return {
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

export interface Downstream {
  web: TestWeb;
  gatewayUrl: string;
  /** Starts the messaging process; it continues where the last one was killed. */
  start(): Running;
  /** Returns how many messages the gateway has sent. */
  countSent(): number;
  readSent(): Promise<Sms[]>;
}

/** Starts web, worker and the fake SMS gateway for a messaging process in Node or Python. */
export async function prepareDownstream(
  stores: TestDatabase,
  queue: TestQueue,
  language: 'node' | 'python',
): Promise<Downstream> {
  const secret = createSecret();
  const processes = await Promise.all([
    startProcess('web', stores, queue, { WEBHOOK_SECRETS: secret }),
    startProcess('worker', stores, queue),
  ]);
  atEnd(() => Promise.all(processes.map((one) => one.stop())));
  const gateway = start(process.execPath, [join(FOLDER, 'sms-gateway.mjs')], { PORT: '0' });
  atEnd(() => gateway.kill());
  const gatewayUrl = (await eventually(() => /http:\S+/.exec(gateway.output())))[0];
  const folder = mkdtempSync(join(tmpdir(), 'conv-downstream-'));
  atEnd(() => rm(folder, { recursive: true }));
  const token = await tokenFor(stores, 'conversations:read', 'conversations:write', 'candidates:read');
  const web = { url: processes[0].url ?? '', secret, token };
  const [command, script] =
    language === 'node' ? [process.execPath, 'downstream.mjs'] : ['python3', 'downstream.py'];
  return {
    web,
    gatewayUrl,
    start: () =>
      start(command, [join(FOLDER, script), folder], {
        CONV_URL: web.url,
        CONV_TOKEN: token,
        SMS_URL: gatewayUrl,
      }),
    countSent: () =>
      gateway
        .output()
        .split('\n')
        .filter((line) => line.startsWith('SMS to')).length,
    readSent: async () => (await (await fetch(`${gatewayUrl}/messages`)).json()) as Sms[],
  };
}
