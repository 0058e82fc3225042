import { join } from 'node:path';
import { findApplication } from '../../src/applications/find';
import { eraseCandidate } from '../../src/candidates/erase';
import type { ApplicationEvent } from '../../src/lib/domain';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { drainQueue } from '../support/queue-jobs';
import { traceablePerson } from '../support/traceable-person';
import { post, type TestWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

const MINUTES = 60_000;

/** Starts a web process whose clock is wrong by this many milliseconds. */
async function startWeb(clockOffMs: number): Promise<TestWeb> {
  const secret = createSecret();
  const web = await startProcess('web', stores, queue, {
    WEBHOOK_SECRETS: secret,
    NODE_OPTIONS: `--require ${join(__dirname, '../support/skewed-clock.js')}`,
    CLOCK_OFF_MS: String(clockOffMs),
  });
  atEnd(() => web.stop().then(() => undefined));
  return { url: web.url ?? '', secret, token: '' };
}

const work = () => drainQueue(stores, queue);

async function send(web: TestWeb, event: ApplicationEvent): Promise<void> {
  const response = await post(web, event);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

let [ahead, right, behind] = [] as unknown as [TestWeb, TestWeb, TestWeb];
beforeAll(async () => {
  [ahead, right, behind] = await Promise.all([startWeb(4 * MINUTES), startWeb(0), startWeb(-4 * MINUTES)]);
});

it.each([
  ['ahead', () => [ahead, right]],
  ['behind', () => [right, behind]],
] as const)('accepts an application after an erasure while one clock is four minutes %s', async (_, webs) => {
  const [before, after] = webs() as [TestWeb, TestWeb];
  const person = traceablePerson();
  const again = person.event();
  await send(before, person.event());
  await eraseCandidate(stores.database, queue.applications, again.candidate_id);
  await work();
  await send(after, again);
  await work();
  expect(await findApplication(stores.database, queue.applications, again.id)).toMatchObject({
    status: 'ACCEPTED',
  });
  expect(await stores.database.candidates.findByPk(again.candidate_id)).toMatchObject({
    phoneNumber: person.candidate.phone_number,
  });
});

it.each([
  ['ahead', () => [ahead, right]],
  ['behind', () => [right, behind]],
] as const)('keeps the newest data of a candidate while one clock is four minutes %s', async (_, webs) => {
  const [first, second] = webs() as [TestWeb, TestWeb];
  const [older, newer] = [traceablePerson(), traceablePerson()];
  const { candidate_id } = older.event();
  await send(first, older.event());
  await send(second, { ...newer.event(), candidate_id });
  await work();
  expect(await stores.database.candidates.findByPk(candidate_id)).toMatchObject({
    phoneNumber: newer.candidate.phone_number,
  });
});
