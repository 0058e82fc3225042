import { receive } from '../../src/applications/receive';
import { selectByFilter } from '../../src/applications/replay-selection';
import { addApplication, findJob } from '../../src/queue/applications';
import { toJobId } from '../../src/queue/job-id';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { useWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
useWorker(stores, queue);

async function outcomeOf(id: string) {
  return eventually(async () => {
    const found = await findJob(queue.applications, id);
    return found?.state === 'completed' && found;
  });
}

it('fails a job without an application at once, and leaves it out of replays', async () => {
  const job = await queue.bullmq.add('x', {} as never, { jobId: 'foreign' });
  await eventually(() => job.isFailed());
  const filter = { status: ['FAILED' as const] };
  const { applications } = await selectByFilter(stores.database, queue.applications, filter);
  expect(applications).toEqual([]);
});

it('keeps the payload of the outcome in the job after the queue has removed the first job', async () => {
  const first = applicationEvent();
  await receive(queue.applications, first, 'test');
  await outcomeOf(first.id);
  await queue.bullmq.remove(toJobId(first.id));

  const other = { ...first, job_id: 'another job' };
  await addApplication(queue.applications, jobData(other));
  await outcomeOf(first.id);

  await expect(receive(queue.applications, other, 'test')).rejects.toMatchObject({ code: 'CONFLICT' });
  const { application } = await receive(queue.applications, first, 'test');
  expect(application).toMatchObject({ status: 'ACCEPTED', job_id: first.job_id });
});
