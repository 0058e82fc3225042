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
import { send, type WireAnswer, type WireRequest } from './support/wire';

const stores = useDatabase();
const queue = useQueue();

/** The same requests again: FUZZ_SEED=… npx jest test/fuzz */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const FIRST = 2000;
const REST = 8000;
const AT_ONCE = 16;
/** What is remembered of tokens, compiled code and the like settles in the first part. */
const MAY_GROW = 8 * 1024 * 1024;

const secret = createSecret();
let web: RealProcess;
let credentials: Credentials;
const answers = new Map<string, number>();

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

async function memory(): Promise<{ heap: number; resident: number }> {
  const answer = once(web.child, 'message');
  web.child.send('memory');
  const [figures] = (await answer) as [{ heap: number; resident: number }];
  return figures;
}

/** What is wrong with an answer, if anything. */
function faultOf({ cut, kind }: WireRequest, { status, type, body }: WireAnswer): string | null {
  if (status === 0) return cut ? null : 'no answer';
  if (status >= 500 || Number.isNaN(status)) return `status ${status}`;
  if (status === 202) return 'accepted';
  if (/\.js\b|node_modules|ECONN|at \w+ \(/.test(body)) return 'tells of the inside';
  const ours = !kind.startsWith('board');
  if (ours && status >= 400 && !type.startsWith('application/problem+json')) return `${status} as ${type}`;
  return null;
}

/** Sends them all, a few at once; those that went wrong. */
async function sendAll(requests: readonly WireRequest[]): Promise<string[]> {
  const faults: string[] = [];
  const left = requests.values();
  const work = async () => {
    for (const request of left) {
      const answer = await send(web.url ?? '', request);
      answers.set(String(answer.status), (answers.get(String(answer.status)) ?? 0) + 1);
      const fault = faultOf(request, answer);
      if (fault) faults.push(`${request.kind}: ${fault}: ${request.bytes.toString('latin1').slice(0, 500)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return faults;
}

it(`10,000 malformed requests leave nothing behind (seed ${SEED})`, async () => {
  const requests = fc.sample(malformed(credentials), { numRuns: FIRST + REST, seed: SEED });
  expect(await sendAll(requests.slice(0, FIRST))).toEqual([]);
  const before = await memory();
  expect(await sendAll(requests.slice(FIRST))).toEqual([]);
  const after = await memory();

  expect((await fetch(`${web.url ?? ''}/livez`)).status).toBe(200);
  expect(web.child.exitCode).toBeNull();
  expect(web.output()).toBe('');
  for (const { queue: one } of [queue.applications, queue.push])
    expect(Object.values(await one.getJobCounts()).reduce((sum, count) => sum + count, 0)).toBe(0);
  expect(after.heap - before.heap).toBeLessThan(MAY_GROW);
  const mebibytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
  const memoryLine = `heap ${mebibytes(before.heap)} to ${mebibytes(after.heap)} MiB, resident ${mebibytes(before.resident)} to ${mebibytes(after.resident)}`;
  console.info(`seed ${SEED}: ${memoryLine}; answers ${JSON.stringify(Object.fromEntries(answers))}`);
}, 300_000);
