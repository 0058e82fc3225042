import { once } from 'node:events';
import { join } from 'node:path';
import fc from 'fast-check';
import { SCOPES } from '../../src/lib/domain';
import { createSecret, parseSecrets } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { tokenFor } from '../support/web';
import type { Credentials } from './support/parts';
import { malformed } from './support/requests';
import { sendAll } from './support/send-all';

const stores = useDatabase();
const queue = useQueue();

/** Set FUZZ_SEED to repeat a run. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
/** Fills caches and compiles code, so that memory is stable before it is measured. */
const WARM_UP_COUNT = 2000;
const COUNT = 8000;
const MAX_HEAP_GROWTH = 8 * 1024 * 1024;

const secret = createSecret();
let web: RealProcess;
let credentials: Credentials;

beforeAll(async () => {
  const hook = join(__dirname, 'support/memory.js');
  web = await startProcess('web', stores, queue, {
    WEBHOOK_SECRETS: secret,
    LOG_LEVEL: 'fatal',
    NODE_OPTIONS: `--expose-gc --require ${hook}`,
  });
  const [[key], [otherKey]] = [parseSecrets(secret), parseSecrets(createSecret())];
  if (!key || !otherKey) throw new Error('no keys');
  credentials = { key, otherKey, token: await tokenFor(stores, ...SCOPES) };
});
atEnd(() => web.stop());

/** Returns the memory that the web process uses after a garbage collection, in bytes. */
async function measureMemory(): Promise<{ heap: number; resident: number }> {
  const answer = once(web.child, 'message');
  web.child.send('memory');
  const [figures] = (await answer) as [{ heap: number; resident: number }];
  return figures;
}

it(`answers ${COUNT} malformed requests with errors, and keeps nothing of them (seed ${SEED})`, async () => {
  const url = web.url ?? '';
  const requests = fc.sample(malformed(credentials), { numRuns: WARM_UP_COUNT + COUNT, seed: SEED });
  expect((await sendAll(url, requests.slice(0, WARM_UP_COUNT))).violations).toEqual([]);
  const before = await measureMemory();
  const { violations, statuses } = await sendAll(url, requests.slice(WARM_UP_COUNT));
  expect(violations).toEqual([]);
  const after = await measureMemory();

  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect(web.child.exitCode).toBeNull();
  expect(web.output()).toBe('');
  for (const { queue: one } of [queue.applications, queue.push])
    expect(Object.values(await one.getJobCounts()).reduce((sum, count) => sum + count, 0)).toBe(0);
  expect(after.heap - before.heap).toBeLessThan(MAX_HEAP_GROWTH);
  const mebibytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
  const heap = `heap ${mebibytes(before.heap)} to ${mebibytes(after.heap)} MiB`;
  const resident = `resident ${mebibytes(before.resident)} to ${mebibytes(after.resident)} MiB`;
  console.info(`seed ${SEED}: ${heap}, ${resident}; ${JSON.stringify(Object.fromEntries(statuses))}`);
}, 300_000);
