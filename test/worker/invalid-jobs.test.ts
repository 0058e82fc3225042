import { eraseCandidate } from '../../src/candidates/erase';
import type { ApplicationEvent } from '../../src/lib/domain';
import { toJobId } from '../../src/queue/job-id';
import { createCli, parseJson } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { drainQueue, enqueue } from '../support/queue-jobs';
import { call, post, readApplication, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const dataKey = ({ id }: ApplicationEvent) => queue.bullmq.toKey(toJobId(id));

/** Adds an application, and overwrites the data of its job in Redis. */
async function addWithData(event: ApplicationEvent, data: unknown): Promise<void> {
  await enqueue(queue, event);
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  await queue.applications.connection.hset(dataKey(event), 'data', text);
}

const withData = (event: ApplicationEvent, changes: object) => ({ ...jobData(event), ...changes });
const withEvent = (event: ApplicationEvent, changes: object) =>
  withData(event, { event: { ...event, ...changes } });

const CASES: [string, (event: ApplicationEvent) => unknown, string][] = [
  ['text that is not JSON', () => '{"event":', 'data: expected JSON, found other text'],
  ['null', () => null, 'data: expected an object, found null'],
  ['a number', () => 7, 'data: expected an object, found number'],
  ['nothing', () => ({}), 'event: expected an object, found nothing'],
  [
    'an id of the wrong type',
    (event) => withEvent(event, { candidate_id: 7 }),
    'event.candidate_id: expected text that is not empty, found number',
  ],
  [
    'no candidate',
    (event) => withEvent(event, { candidate: undefined }),
    'event.candidate: expected an object or null, found nothing',
  ],
  [
    'a name of the wrong type',
    (event) => withEvent(event, { candidate: { ...CANDIDATE, first_name: {} } }),
    'event.candidate.first_name: expected text that is not empty, found object',
  ],
  [
    'a time that is none',
    (event) => withData(event, { received_at: 'yesterday' }),
    'received_at: expected a time, found text',
  ],
  [
    'the id of another application',
    (event) => withEvent(event, { id: 'another' }),
    "event.id: expected the id of the job's application, found another one",
  ],
];

describe('an application whose job data is invalid', () => {
  const events = new Map(CASES.map(([what]) => [what, applicationEvent()]));
  const other = applicationEvent();
  const unfinished: number[] = [];

  beforeAll(async () => {
    for (const [what, corrupt] of CASES) {
      const event = events.get(what) ?? other;
      await addWithData(event, corrupt(event));
      unfinished.push((await call(web, 'GET', `/applications/${event.id}`)).status);
    }
    await enqueue(queue, other);
    await drainQueue(stores, queue);
  });

  it.each(CASES)(
    '(%s) becomes FAILED with the reason, by id and in the list',
    async (what, _corrupt, problem) => {
      const view = await readApplication(web, events.get(what)?.id ?? '');
      expect(view).toMatchObject({ status: 'FAILED', reason: `invalid job data: ${problem}` });
      const conv = createCli(stores, queue);
      const failed = parseJson(await conv(['apps', 'list', '--status', 'FAILED', '-o', 'json']));
      expect(failed).toContainEqual(view);
    },
  );

  it('can be read before a worker finds it', () => {
    expect(unfinished).toEqual(CASES.map(() => 200));
  });

  it('fails no other application', async () => {
    expect((await readApplication(web, other.id)).status).toBe('ACCEPTED');
  });
});

async function failInvalid(): Promise<ApplicationEvent> {
  const event = applicationEvent();
  await addWithData(event, `not JSON ${JSON.stringify(event)}`);
  await drainQueue(stores, queue);
  return event;
}

it('processes an application with invalid job data when it is delivered again', async () => {
  const event = await failInvalid();
  expect((await post(web, event)).status).toBe(202);
  await drainQueue(stores, queue);
  expect(await readApplication(web, event.id)).toMatchObject({ status: 'ACCEPTED', job_id: event.job_id });
});

it('processes an application that is delivered again before a worker finds its invalid job data', async () => {
  const event = applicationEvent();
  await addWithData(event, 'not JSON');
  expect((await post(web, event)).status).toBe(202);
  await drainQueue(stores, queue);
  expect((await readApplication(web, event.id)).status).toBe('ACCEPTED');
});

it('refuses to replay an application with invalid job data, and keeps that data', async () => {
  const event = await failInvalid();
  const stored = await queue.applications.connection.hget(dataKey(event), 'data');
  expect((await call(web, 'POST', `/applications/${event.id}/replay`)).status).toBe(409);
  expect(await queue.applications.connection.hget(dataKey(event), 'data')).toBe(stored);
});

it('erases personal data from invalid job data', async () => {
  const event = await failInvalid();
  await eraseCandidate(stores.database, queue.applications, event.candidate_id);
  const stored = await queue.applications.connection.hget(dataKey(event), 'data');
  expect(stored).not.toContain(event.candidate.email_address);
});
