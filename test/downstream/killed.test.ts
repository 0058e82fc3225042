import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { post, tokenFor, type TestWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const folder = mkdtempSync(join(tmpdir(), 'conv-downstream-'));

let web: TestWeb;
beforeAll(async () => {
  const secret = createSecret();
  const processes = await Promise.all([
    startProcess('web', stores, queue, { WEBHOOK_SECRETS: secret }),
    startProcess('worker', stores, queue),
  ]);
  atEnd(() => Promise.all(processes.map((one) => one.stop())));
  atEnd(() => rm(folder, { recursive: true }));
  const token = await tokenFor(stores, 'conversations:read', 'conversations:write');
  web = { url: processes[0].url ?? '', secret, token };
});

/** Everything that it printed, in all its lives. */
let printed = '';
let end = () => Promise.resolve();
atEnd(() => end()); // Where the test failed in the middle of a life.

/** One life of the example; resolves to what ends it with SIGKILL. */
function start(): () => Promise<void> {
  const child = spawn(process.execPath, ['examples/downstream/downstream.mjs', folder], {
    cwd: join(__dirname, '../..'),
    env: { PATH: process.env['PATH'], CONV_URL: web.url, CONV_TOKEN: web.token },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const closed = once(child, 'close');
  end = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  return end;
}

const KILLS = 100;
jest.setTimeout(900_000); // A process is started for each kill, which a busy machine takes its time for.
const PER_LIFE = 3;

const messages = () => readdirSync(folder).filter((name) => name.startsWith('message-'));

it('writes to every candidate once, though it is killed a hundred times', async () => {
  const progress = new Set<number>();
  for (let life = 0; life < KILLS; life++) {
    const kill = start();
    for (let n = 0; n < PER_LIFE; n++) expect((await post(web, applicationEvent())).status).toBe(202);
    // Somewhere after the next message or two, or before any: by its work and not by a clock, as machines differ.
    const sent = messages().length + Math.floor(Math.random() * (PER_LIFE + 1));
    await eventually(() => messages().length >= sent);
    await wait(Math.random() * 10);
    await kill();
    progress.add(messages().length);
  }
  const { conversations, events } = stores.database;
  const last = start();
  const all = KILLS * PER_LIFE;
  await eventually(async () => (await conversations.count({ where: { status: 'COMPLETED' } })) === all);
  const created = await events.findAll({ where: { type: 'conversation.created' } });
  await last();

  expect(progress.size).toBeGreaterThan(KILLS / 10); // It was killed at work, not only at its start or its end.
  expect(created).toHaveLength(all);
  expect(messages().sort()).toEqual(created.map(({ id }) => `message-${id}`).sort());
  for (const { id, applicationId } of created) {
    const conversation = await conversations.findOne({ where: { applicationId } });
    expect(readFileSync(join(folder, `message-${id}`), 'utf8')).toContain(`(${conversation?.id})`);
  }
  const lines = printed.split('\n').filter((line) => line.startsWith('Hello'));
  expect(new Set(lines).size).toBe(lines.length);
});
