import type { ApplicationEvent, ApplicationView } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { ISO_TIME } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, post, readApplication, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Has everything that waits decided, and waits for this one. */
async function work(id: string): Promise<ApplicationView> {
  const stop = await runWorker(stores, queue);
  try {
    return await eventually(async () => {
      const application = await readApplication(web, id);
      return application.processed_at !== null && application;
    });
  } finally {
    await stop();
  }
}

it('answers 202 with the application as QUEUED, and nothing else', async () => {
  const event = applicationEvent();
  const response = await post(web, event);
  expect(response.status).toBe(202);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  expect(await response.json()).toStrictEqual({
    id: event.id,
    job_id: event.job_id,
    candidate_id: event.candidate_id,
    status: 'QUEUED',
    reason: null,
    conversation_id: null,
    received_at: ISO_TIME,
    processed_at: null,
  });
});

it('names where the application is, percent-encoded', async () => {
  const event = applicationEvent({ id: `a/b ?#% é ${Date.now()}` });
  const location = (await post(web, event)).headers.get('Location') ?? '';
  expect(location).toMatch(/^\/applications\/a%2Fb%20%3F%23%25%20%C3%A9%20\d+$/);
  expect(await (await call(web, 'GET', location)).json()).toMatchObject({ id: event.id });
});

it('does not claim that a first delivery was replayed', async () => {
  expect((await post(web, applicationEvent())).headers.get('Idempotent-Replayed')).toBeNull();
});

it('does not know a signature of the delivery: the id of the application decides what is a redelivery', async () => {
  const event = applicationEvent();
  await post(web, event);
  await post(web, event);
  const counts = await queue.bullmq.getJobs(['waiting', 'active', 'completed', 'failed']);
  expect(counts.filter((job) => job.data.event.id === event.id)).toHaveLength(1);
});

it('turns an application into a conversation', async () => {
  const event = applicationEvent();
  await post(web, event);
  const outcome = await work(event.id);
  expect(outcome).toMatchObject({ status: 'ACCEPTED', reason: null });
  expect(outcome.conversation_id).toMatch(UUID7);
  expect(outcome).toMatchObject({ processed_at: ISO_TIME });
  const conversation = await call(web, 'GET', `/conversations/${outcome.conversation_id ?? ''}`);
  expect(await conversation.json()).toStrictEqual({
    id: outcome.conversation_id,
    application_id: event.id,
    candidate_id: event.candidate_id,
    job_id: event.job_id,
    status: 'CREATED',
    created_at: ISO_TIME,
    updated_at: ISO_TIME,
  });
});

it('stores the phone number in E.164 and the names trimmed', async () => {
  const candidate = {
    ...CANDIDATE,
    phone_number: '+1 (415) 555-2671',
    first_name: ' Zoë\u3000',
    last_name: ' O’Brien ',
  };
  const event = applicationEvent({ candidate });
  await post(web, event);
  await work(event.id);
  const row = await stores.database.candidates.findByPk(event.candidate_id);
  expect([row?.phoneNumber, row?.firstName, row?.lastName]).toEqual(['+14155552671', 'Zoë', 'O’Brien']);
});

it('passes over fields that it does not know', async () => {
  const event = applicationEvent();
  const more = { ...event, source: 'ats', candidate: { ...event.candidate, age: 30 }, 'a.b': { c: [1] } };
  expect((await post(web, more)).status).toBe(202);
});

describe('a redelivery', () => {
  it('is told the present state: still QUEUED, received when it was first', async () => {
    const event = applicationEvent();
    const first = (await (await post(web, event)).json()) as ApplicationView;
    const again = await post(web, event);
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, 'true']);
    expect(again.headers.get('Location')).toBe(`/applications/${event.id}`);
    expect(await again.json()).toStrictEqual(first);
  });

  it('is told the outcome once there is one', async () => {
    const event = applicationEvent();
    await post(web, event);
    const outcome = await work(event.id);
    expect(await (await post(web, event)).json()).toStrictEqual(outcome);
  });

  it('is told of a rejection as 202 too', async () => {
    const first = applicationEvent();
    const second = applicationEvent({ candidate_id: first.candidate_id });
    for (const event of [first, second]) {
      await post(web, event);
      await work(event.id);
    }
    const again = await post(web, second);
    expect(again.status).toBe(202);
    expect(await again.json()).toMatchObject({
      status: 'REJECTED',
      reason: 'ACTIVE_CONVERSATION',
      conversation_id: null,
    });
  });

  it('may write the same differently: order, spaces, unknown fields, separators in the number', async () => {
    const event = applicationEvent();
    await post(web, event);
    const { candidate, ...ids } = event;
    const rewritten = { extra: 1, candidate: { ...candidate, phone_number: '+1 415 555 2671' }, ...ids };
    const again = await post(web, rewritten);
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, 'true']);
  });

  const changes: [string, (event: ApplicationEvent) => object][] = [
    ['job', (event) => ({ ...event, job_id: 'other' })],
    ['candidate', (event) => ({ ...event, candidate_id: 'other' })],
    ['name', (event) => ({ ...event, candidate: { ...event.candidate, first_name: 'John' } })],
    ['number', (event) => ({ ...event, candidate: { ...event.candidate, phone_number: '+14155552672' } })],
  ];
  it.each(changes)('with another %s is a conflict, and changes nothing', async (_, change) => {
    const event = applicationEvent();
    const first = (await (await post(web, event)).json()) as ApplicationView;
    const { detail } = await problemOf(await post(web, change(event)), 409, 'CONFLICT');
    expect(detail).toContain('different payload');
    expect(await readApplication(web, event.id)).toStrictEqual(first);
  });

  it('with another payload is a conflict also when the first is decided', async () => {
    const event = applicationEvent();
    await post(web, event);
    await work(event.id);
    await problemOf(await post(web, { ...event, job_id: 'other' }), 409, 'CONFLICT');
  });

  it('after the queue has forgotten it is queued once more, and the first outcome stands', async () => {
    const event = applicationEvent();
    await post(web, event);
    const outcome = await work(event.id);
    await queue.bullmq.clean(0, 1000, 'completed');
    const again = await post(web, { ...event, job_id: 'other' });
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, null]);
    expect(await work(event.id)).toStrictEqual(outcome);
  });
});
