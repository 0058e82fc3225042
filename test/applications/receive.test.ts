import { receive } from '../../src/applications/receive';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { failPermanently, drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

const receiving = (event = applicationEvent(), requestId = 'request-1') =>
  receive(queue.applications, event, requestId);

const jobs = () => queue.bullmq.getWaitingCount();

beforeEach(() => queue.bullmq.obliterate({ force: true }));

it('queues a new application', async () => {
  const event = applicationEvent();
  const { application, redelivered } = await receiving(event);
  expect(redelivered).toBe(false);
  expect(application).toMatchObject({ id: event.id, status: 'QUEUED', reason: null, processed_at: null });
  expect(await jobs()).toBe(1);
});

it('returns the present state on a redelivery, with the time of the first', async () => {
  const event = applicationEvent();
  const first = await receiving(event);
  await drainQueue(stores, queue);
  const { application, redelivered } = await receiving(event);
  expect(redelivered).toBe(true);
  expect(application).toMatchObject({ status: 'ACCEPTED', received_at: first.application.received_at });
  expect(application.conversation_id).not.toBeNull();
  expect(await jobs()).toBe(0);
});

it('recognizes the same payload with its fields in another order', async () => {
  const event = applicationEvent();
  await receiving(event);
  const { candidate, candidate_id, job_id, id } = event;
  expect(await receiving({ candidate, candidate_id, job_id, id })).toMatchObject({ redelivered: true });
});

it.each([
  ['job_id', { job_id: 'other' }],
  ['candidate_id', { candidate_id: 'other' }],
  ['candidate', { candidate: { ...CANDIDATE, last_name: 'Other' } }],
])('refuses the same id with another %s and keeps the first', async (_field, change) => {
  const event = applicationEvent();
  await receiving(event);
  await expect(receiving({ ...event, ...change })).rejects.toMatchObject({ code: 'CONFLICT', status: 409 });
  expect(await receiving(event)).toMatchObject({ redelivered: true, application: { job_id: event.job_id } });
});

it('refuses another payload after the first was processed', async () => {
  const event = applicationEvent();
  await receiving(event);
  await drainQueue(stores, queue);
  await expect(receiving({ ...event, job_id: 'other' })).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('retries a failed application with all its attempts', async () => {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  expect(await receiving(event)).toMatchObject({
    redelivered: true,
    application: { status: 'QUEUED', reason: null },
  });
  expect(await jobs()).toBe(1);
  await drainQueue(stores, queue);
  expect((await receiving(event)).application.status).toBe('ACCEPTED');
});

it('retries a failed application once for twenty redeliveries at the same time', async () => {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  const receipts = await Promise.all(Array.from({ length: 20 }, () => receiving(event)));
  expect(receipts.every(({ application }) => application.status === 'QUEUED')).toBe(true);
  expect(await jobs()).toBe(1);
});

it('adds one job for fifty deliveries at the same time, and reports one as new', async () => {
  const event = applicationEvent();
  const receipts = await Promise.all(Array.from({ length: 50 }, () => receiving(event)));
  expect(receipts.filter(({ redelivered }) => !redelivered)).toHaveLength(1);
  expect(await jobs()).toBe(1);
});

it('accepts one of two payloads that arrive at the same time with the same id', async () => {
  const event = applicationEvent();
  const other = { ...event, job_id: 'other' };
  const results = await Promise.allSettled([event, other, event, other].map((payload) => receiving(payload)));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(2);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'CONFLICT' });
});

it('stores the request id in the job', async () => {
  const event = applicationEvent();
  await receiving(event, 'request-7');
  const [job] = await queue.bullmq.getJobs(['waiting']);
  expect(job?.data).toMatchObject({ request_id: 'request-7', event });
});
