import { addApplication, findJob, retryJob } from '../../src/queue/applications';
import { presentJob } from '../../src/queue/present-job';
import { applicationEvent, jobData } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { useQueue } from '../support/queue';

const queue = useQueue();

const add = (id: string) => addApplication(queue.applications, jobData(applicationEvent({ id })));

it.each(ODD_IDS)('adds a job for an unusual id and finds it again: %s', async (_kind, id) => {
  const { job, added } = await add(id);
  expect(added).toBe(true);
  const found = await findJob(queue.applications, id);
  expect(found).toMatchObject({ state: 'waiting', job: { id: job.id, data: { event: { id } } } });
});

it('adds a separate job for every id', async () => {
  await queue.bullmq.obliterate({ force: true });
  for (const [, id] of ODD_IDS) await add(id);
  expect(await queue.bullmq.getWaitingCount()).toBe(ODD_IDS.length);
});

it('keeps the first of two jobs for an id, and reports that the second was not added', async () => {
  const event = applicationEvent();
  const first = jobData(event);
  await addApplication(queue.applications, first);
  const { job, added } = await addApplication(queue.applications, jobData(event));
  expect(added).toBe(false);
  expect(job.data).toEqual(first);
});

it('recognizes its own job after Redis lost its scripts', async () => {
  await add('before');
  await queue.applications.connection.script('FLUSH');
  expect(await add('after')).toMatchObject({ added: true });
  expect(await add('before')).toMatchObject({ added: false });
});

it('finds no job for an id that was never added', async () => {
  expect(await findJob(queue.applications, 'never')).toBeNull();
});

it('gives a job eight attempts with exponential, jittered backoff', async () => {
  const { job } = await add('attempts');
  expect(job.opts).toMatchObject({ attempts: 8, backoff: { type: 'exponential', delay: 500, jitter: 0.5 } });
});

it('leaves the removal of finished jobs to the cleanup and to operators', async () => {
  const { job } = await add('kept');
  expect(job.opts).toMatchObject({ removeOnFail: false, removeOnComplete: false });
});

it('does not retry a job that has not finished', async () => {
  const { job } = await add('waiting');
  expect(await retryJob(job)).toBe(false);
  expect(await job.getState()).toBe('waiting');
});

it('presents a waiting job as QUEUED with its original ids', async () => {
  const event = applicationEvent({ id: '123' });
  const { job } = await addApplication(queue.applications, jobData(event));
  expect(presentJob(job, 'waiting')).toMatchObject({ id: '123', status: 'QUEUED', processed_at: null });
});
