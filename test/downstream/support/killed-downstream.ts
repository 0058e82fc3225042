import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecret } from '../../../src/lib/signature';
import { atEnd } from '../../support/cleanup';
import { useDatabase, type TestDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { applicationEvent } from '../../support/factories';
import { startProcess } from '../../support/processes';
import { useQueue } from '../../support/queue';
import { post, tokenFor, type TestWeb } from '../../support/web';

const APPLICATIONS_PER_RUN = 3;

export interface KilledDownstream {
  stores: TestDatabase;
  /** Runs the example and kills it, `kills` times, while applications arrive; then runs it until everything is done. */
  runAndKill(kills: number): Promise<void>;
  /** The number of messages that had been sent at each kill. */
  sentAtKill: number[];
  /** The names of the files that stand for the messages, `message-<event id>`. */
  messages(): string[];
  readMessage(eventId: string): string;
  /** What it printed in all runs. */
  printed(): string;
}

/** examples/downstream against a real web and worker, for one test file. */
export function useKilledDownstream(): KilledDownstream {
  const stores = useDatabase();
  const queue = useQueue();
  const folder = mkdtempSync(join(tmpdir(), 'conv-downstream-'));
  const sentAtKill: number[] = [];
  let web: TestWeb;
  let printed = '';
  let kill = () => Promise.resolve();

  beforeAll(async () => {
    const secret = createSecret();
    const processes = await Promise.all([
      startProcess('web', stores, queue, { WEBHOOK_SECRETS: secret }),
      startProcess('worker', stores, queue),
    ]);
    atEnd(() => Promise.all(processes.map((one) => one.stop())));
    atEnd(() => rm(folder, { recursive: true }));
    atEnd(() => kill()); // If the test failed during a run.
    const token = await tokenFor(stores, 'conversations:read', 'conversations:write');
    web = { url: processes[0].url ?? '', secret, token };
  });

  function start(): void {
    const child = spawn(process.execPath, ['examples/downstream/downstream.mjs', folder], {
      cwd: join(__dirname, '../../..'),
      env: { PATH: process.env['PATH'], CONV_URL: web.url, CONV_TOKEN: web.token },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const closed = once(child, 'close');
    kill = async () => {
      child.kill('SIGKILL');
      await closed;
    };
  }

  const messages = () => readdirSync(folder).filter((name) => name.startsWith('message-'));

  async function runAndKill(kills: number): Promise<void> {
    for (let run = 0; run < kills; run++) {
      start();
      for (let n = 0; n < APPLICATIONS_PER_RUN; n++)
        expect((await post(web, applicationEvent())).status).toBe(202);
      // Kills after some of the messages rather than after some time: machines differ in speed.
      const sent = messages().length + Math.floor(Math.random() * (APPLICATIONS_PER_RUN + 1));
      await eventually(() => messages().length >= sent);
      await pause(Math.random() * 10);
      await kill();
      sentAtKill.push(messages().length);
    }
    start();
    const total = kills * APPLICATIONS_PER_RUN;
    const completed = { where: { status: 'COMPLETED' } };
    await eventually(async () => (await stores.database.conversations.count(completed)) === total);
    await kill();
  }

  const readMessage = (eventId: string) => readFileSync(join(folder, `message-${eventId}`), 'utf8');
  return { stores, runAndKill, sentAtKill, messages, readMessage, printed: () => printed };
}

/** Checks that every candidate has got exactly one message, about the right conversation. */
export async function expectOneMessageEach(downstream: KilledDownstream): Promise<void> {
  const { conversations, events } = downstream.stores.database;
  const created = await events.findAll({ where: { type: 'conversation.created' } });
  expect(created).toHaveLength(await conversations.count());
  expect(downstream.messages().sort()).toEqual(created.map(({ id }) => `message-${id}`).sort());
  for (const { id, applicationId } of created) {
    const conversation = await conversations.findOne({ where: { applicationId } });
    expect(downstream.readMessage(id)).toContain(`(${conversation?.id})`);
  }
  const lines = downstream
    .printed()
    .split('\n')
    .filter((line) => line.startsWith('Hello'));
  expect(new Set(lines).size).toBe(lines.length);
}
