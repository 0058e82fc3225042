import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { lockCandidate } from '../support/candidate-lock';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';
import { enqueue, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

let proxy: Proxy;
let stop: () => Promise<void>;
beforeEach(async () => {
  proxy = await forwardTo(queue.redisUrl);
  stop = await runWorker(stores, { ...queue, redisUrl: proxy.through(queue.redisUrl) });
});
afterEach(() => stop());

const accepted = async (event: ReturnType<typeof applicationEvent>) =>
  expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });

it('continues when Redis is back', async () => {
  const [before, meanwhile, after] = [applicationEvent(), applicationEvent(), applicationEvent()];
  await enqueue(queue, before);
  await accepted(before);
  proxy.cut();
  await enqueue(queue, meanwhile);
  await eventually(() => proxy.refusedConnections() >= 3);
  proxy.restore();
  await accepted(meanwhile);
  await enqueue(queue, after);
  await accepted(after);
});

it('finishes a job that was active during the outage, once', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  await lock.waitForJob();
  proxy.cut();
  await lock.release();
  await eventually(() => stores.database.conversations.findOne({ where: { applicationId: event.id } }));
  proxy.restore();
  await accepted(event);
  expect(await stores.database.conversations.count({ where: { applicationId: event.id } })).toBe(1);
  expect(await stores.database.events.count({ where: { applicationId: event.id } })).toBe(1);
});

it('continues after Redis did not respond', async () => {
  const [meanwhile, after] = [applicationEvent(), applicationEvent()];
  proxy.stall();
  await enqueue(queue, meanwhile);
  proxy.restore();
  await accepted(meanwhile);
  await enqueue(queue, after);
  await accepted(after);
});
