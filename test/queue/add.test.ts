import { addApplication, findJob, retryJob } from '../../src/queue/applications';
import { presentJob } from '../../src/queue/present-job';
import { applicationEvent, jobData } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { useQueue } from '../support/queue';

const queue = useQueue();

const add = (id: string) => addApplication(queue.applications, jobData(applicationEvent({ id })));

it.each(ODD_IDS)('takes an id of any kind and finds it again: %s', async (_kind, id) => {
  const { job, added } = await add(id);
  expect(added).toBe(true);
  const found = await findJob(queue.applications, id);
  expect(found).toMatchObject({ state: 'waiting', job: { id: job.id, data: { event: { id } } } });
});

it('keeps a job of its own for every id', async () => {
  await queue.bullmq.obliterate({ force: true });
  for (const [, id] of ODD_IDS) await add(id);
  expect(await queue.bullmq.getWaitingCount()).toBe(ODD_IDS.length);
});

it('keeps the first of two deliveries of an id, and says that the second is not added', async () => {
  const event = applicationEvent();
  const first = jobData(event);
  await addApplication(queue.applications, first);
  const { job, added } = await addApplication(queue.applications, jobData(event));
  expect(added).toBe(false);
  expect(job.data).toEqual(first);
});

it('knows its own delivery where Redis has to be given the script again', async () => {
  await add('before');
  await queue.applications.connection.script('FLUSH');
  expect(await add('after')).toMatchObject({ added: true });
  expect(await add('before')).toMatchObject({ added: false });
});

it('knows no job of an id that was never added', async () => {
  expect(await findJob(queue.applications, 'never')).toBeNull();
});

it('keeps a job for eight attempts with growing, jittered pauses', async () => {
  const { job } = await add('attempts');
  expect(job.opts).toMatchObject({ attempts: 8, backoff: { type: 'exponential', delay: 500, jitter: 0.5 } });
});

it('keeps failed jobs for an operator, and completed ones for as long as is set', async () => {
  const { job } = await add('kept');
  expect(job.opts).toMatchObject({ removeOnFail: false, removeOnComplete: { age: 3600 } });
});

it('does not run a job again that has not finished', async () => {
  const { job } = await add('waiting');
  expect(await retryJob(job)).toBe(false);
  expect(await job.getState()).toBe('waiting');
});

it('shows a job that waits as QUEUED, with the ids as sent', async () => {
  const event = applicationEvent({ id: '123' });
  const { job } = await addApplication(queue.applications, jobData(event));
  expect(presentJob(job, 'waiting')).toMatchObject({ id: '123', status: 'QUEUED', processed_at: null });
});
