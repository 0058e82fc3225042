import type { ApplicationEvent, ApplicationView } from '../../src/lib/domain';
import { processApplication } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, CANDIDATE, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { post, readApplication, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

/** Redeliveries after KEEP_COMPLETED_SECONDS: the queue has no job any more, PostgreSQL has the outcome. */

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

beforeAll(async () => {
  atEnd(await runWorker(stores, queue, { whenActive: 'defer' }));
});

const countEvents = ({ id }: ApplicationEvent) =>
  stores.database.events.count({ where: { applicationId: id } });

/** Returns an application with this outcome, and no job: as after the queue has removed it. */
async function forgotten(status: string): Promise<ApplicationEvent> {
  const first = applicationEvent();
  await processApplication(stores.database, jobData(first));
  if (status === 'ACCEPTED') return first;
  const second = { ...applicationEvent(), candidate_id: first.candidate_id };
  const event = status === 'REJECTED' ? { ...second, job_id: first.job_id } : second;
  await processApplication(stores.database, jobData(event), 'defer');
  return event;
}

/** Delivers an application and waits until a worker has processed it. */
async function deliver(event: ApplicationEvent): Promise<Response> {
  const response = await post(web, event);
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  return response;
}

const STATUSES = ['ACCEPTED', 'REJECTED', 'DEFERRED'];

describe.each(STATUSES)('a redelivery of a forgotten %s application', (status) => {
  it('is queued again as a first delivery', async () => {
    const again = await deliver(await forgotten(status));
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, null]);
    expect(((await again.json()) as ApplicationView).status).toBe('QUEUED');
  });

  const changes: [string, (event: ApplicationEvent) => ApplicationEvent][] = [
    ['the same data', (event) => event],
    ['another job', (event) => ({ ...event, job_id: `other than ${event.job_id}` })],
    ['another candidate', (event) => ({ ...event, candidate_id: `other than ${event.candidate_id}` })],
    ['another name', (event) => ({ ...event, candidate: { ...event.candidate, first_name: 'Changed' } })],
  ];
  it.each(changes)('with %s keeps the stored outcome, its ids and its time of receipt', async (_, change) => {
    const event = await forgotten(status);
    const stored = await readApplication(web, event.id);
    expect(stored.status).toBe(status);
    await deliver(change(event));
    // A deferred application that comes again with the same data is tried again.
    const { processed_at } = status === 'DEFERRED' ? await readApplication(web, event.id) : stored;
    expect(await readApplication(web, event.id)).toStrictEqual({ ...stored, processed_at });
  });

  it('with other data writes no event and does not change the candidate', async () => {
    const event = await forgotten(status);
    const events = await countEvents(event);
    await deliver({ ...event, candidate: { ...event.candidate, first_name: 'Changed' } });
    expect(await countEvents(event)).toBe(events);
    const candidate = await stores.database.candidates.findByPk(event.candidate_id);
    expect(candidate?.firstName).toBe(CANDIDATE.first_name);
  });
});
