import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrate } from '../../db/migrate';
import { dataOutsideHome } from '../../src/local/postgres-data';
import { destroyHome, startStores, type Stores } from '../../src/local/stores';
import { connectDatabase } from '../../src/models/connect';
import { splitLines } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { testUrls } from '../support/env';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { runConv, startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs, enqueue } from '../support/queue-jobs';

const KEPT = 400;
const LOST = 440;

const run = promisify(execFile);
const queue = useQueue();
const home = mkdtempSync(join(tmpdir(), 'conv-restore-'));
chmodSync(home, 0o711); // PostgreSQL runs as another user where the tests run as root.

let stores: Stores | undefined;
atEnd(async () => {
  await stores?.stop();
  await destroyHome(home);
});

/** Starts PostgreSQL on its data, with the tests' Redis. */
async function start(): Promise<string> {
  const { redisUrl } = testUrls();
  stores = await startStores({ home, redisUrl, env: process.env, report: () => undefined });
  return stores.databaseUrl;
}

/** Enqueues applications and lets a worker process them. */
async function processMany(url: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await enqueue(queue, applicationEvent());
  const worker = await startProcess('worker', { url }, queue);
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  await worker.stop();
}

async function countConversations(url: string): Promise<number> {
  const { sequelize, conversations } = connectDatabase(url);
  const count = await conversations.count();
  await sequelize.close();
  return count;
}

it('conv reconcile brings back what a restored PostgreSQL has lost, and then has nothing to do', async () => {
  const data = dataOutsideHome(home) ?? join(home, 'postgres');
  let url = await start();
  const database = connectDatabase(url);
  await migrate(database.sequelize);
  await database.sequelize.close();
  await processMany(url, KEPT);
  await stores?.stop();
  await run('cp', ['-a', data, `${data}.copy`]);

  url = await start();
  await processMany(url, LOST);
  await stores?.stop();
  await rm(data, { recursive: true });
  await rename(`${data}.copy`, data);
  expect(existsSync(data)).toBe(true);

  url = await start();
  expect(await countConversations(url)).toBe(KEPT);
  const env = { DATABASE_URL: url, REDIS_URL: queue.redisUrl, QUEUE_PREFIX: queue.prefix };
  const first = await runConv(['reconcile', '-o', 'ids'], env);
  expect([splitLines(first.stdout).length, first.stderr]).toEqual([
    LOST,
    `queued ${LOST} applications again\n`,
  ]);
  await processMany(url, 0);
  expect(await countConversations(url)).toBe(KEPT + LOST);
  expect((await runConv(['reconcile'], env)).stderr).toContain('nothing to do');
});
