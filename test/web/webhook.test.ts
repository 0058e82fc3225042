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

/** Runs a worker until this application is processed. */
async function processUntil(id: string): Promise<ApplicationView> {
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

it('answers 202 with exactly the queued application', async () => {
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

it('sends the address of the application in Location, percent-encoded', async () => {
  const event = applicationEvent({ id: `a/b ?#% é ${Date.now()}` });
  const location = (await post(web, event)).headers.get('Location') ?? '';
  expect(location).toMatch(/^\/applications\/a%2Fb%20%3F%23%25%20%C3%A9%20\d+$/);
  expect(await (await call(web, 'GET', location)).json()).toMatchObject({ id: event.id });
});

it('sends no Idempotent-Replayed for a first delivery', async () => {
  expect((await post(web, applicationEvent())).headers.get('Idempotent-Replayed')).toBeNull();
});

it('recognizes a redelivery by the id of the application, not of the message', async () => {
  const event = applicationEvent();
  await post(web, event);
  await post(web, event);
  const counts = await queue.bullmq.getJobs(['waiting', 'active', 'completed', 'failed']);
  expect(counts.filter((job) => job.data.event.id === event.id)).toHaveLength(1);
});

it('creates a conversation from an application', async () => {
  const event = applicationEvent();
  await post(web, event);
  const outcome = await processUntil(event.id);
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

it('stores the phone number in E.164, and names and email address trimmed', async () => {
  const candidate = {
    ...CANDIDATE,
    phone_number: '\u00a0+1 (415) 555\u20112671 ',
    first_name: ' Zoë\u3000',
    last_name: ' O’Brien ',
    email_address: ' jane.doe@example.com\u3000',
  };
  const event = applicationEvent({ candidate });
  await post(web, event);
  await processUntil(event.id);
  const row = await stores.database.candidates.findByPk(event.candidate_id);
  expect(row).toMatchObject({
    phoneNumber: '+14155552671',
    firstName: 'Zoë',
    lastName: 'O’Brien',
    emailAddress: 'jane.doe@example.com',
  });
});

it('ignores unknown fields', async () => {
  const event = applicationEvent();
  const more = { ...event, source: 'ats', candidate: { ...event.candidate, age: 30 }, 'a.b': { c: [1] } };
  expect((await post(web, more)).status).toBe(202);
});

describe('a redelivery', () => {
  it('answers with the present state and the time of the first delivery', async () => {
    const event = applicationEvent();
    const first = (await (await post(web, event)).json()) as ApplicationView;
    const again = await post(web, event);
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, 'true']);
    expect(again.headers.get('Location')).toBe(`/applications/${event.id}`);
    expect(await again.json()).toStrictEqual(first);
  });

  it('answers with the outcome once there is one', async () => {
    const event = applicationEvent();
    await post(web, event);
    const outcome = await processUntil(event.id);
    expect(await (await post(web, event)).json()).toStrictEqual(outcome);
  });

  it('answers 202 after a rejection too', async () => {
    const first = applicationEvent();
    const second = applicationEvent({ candidate_id: first.candidate_id });
    for (const event of [first, second]) {
      await post(web, event);
      await processUntil(event.id);
    }
    const again = await post(web, second);
    expect(again.status).toBe(202);
    expect(await again.json()).toMatchObject({
      status: 'REJECTED',
      reason: 'ACTIVE_CONVERSATION',
      conversation_id: null,
    });
  });

  it('may differ in field order, unknown fields and phone separators', async () => {
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
  it.each(changes)('with another %s is 409 and changes nothing', async (_, change) => {
    const event = applicationEvent();
    const first = (await (await post(web, event)).json()) as ApplicationView;
    const { detail } = await problemOf(await post(web, change(event)), 409, 'CONFLICT');
    expect(detail).toContain('different payload');
    expect(await readApplication(web, event.id)).toStrictEqual(first);
  });

  it('with another payload is 409 after the first is processed too', async () => {
    const event = applicationEvent();
    await post(web, event);
    await processUntil(event.id);
    await problemOf(await post(web, { ...event, job_id: 'other' }), 409, 'CONFLICT');
  });
});
