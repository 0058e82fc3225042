import { eraseCandidate } from '../../src/candidates/erase';
import { dismissApplication } from '../../src/applications/dismiss';
import { createConversation, createFailed, createRejected } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { having, ISO_TIME } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const read = async (path: string): Promise<unknown> => (await call(web, 'GET', path)).json();
const get = (path: string, token: string) =>
  fetch(web.url + path, { headers: { Authorization: `Bearer ${token}` } });

describe('GET /conversations/{id} with include', () => {
  it('adds the candidate, the application, the events and the deliveries', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'ONGOING', event);
    expect(await read(`/conversations/${id}?include=candidate,application,events,deliveries`)).toMatchObject({
      id,
      candidate: { id: event.candidate_id, ...CANDIDATE },
      application: { id: event.id, status: 'ACCEPTED' },
      events: [{ type: 'conversation.created' }, { type: 'conversation.updated' }],
      deliveries: null,
    });
  });

  it('has the time of an erasure', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    await eraseCandidate(stores.database, queue.applications, event.candidate_id);
    expect(await read(`/conversations/${id}?include=candidate`)).toEqual(
      having({ candidate: null, candidate_erased_at: ISO_TIME }),
    );
  });
});

describe('GET /applications/{id} with include', () => {
  it('adds what a replay would do, and the conversation that blocks the application', async () => {
    const { id, active } = await createRejected(stores);
    expect(await read(`/applications/${id}?include=replay,dismissal,blocking_conversation`)).toMatchObject({
      status: 'REJECTED',
      replay: 'POSSIBLE',
      dismissal: null,
      blocking_conversation: { id: active },
    });
  });

  it('shows a conversation only to a token with conversations:read', async () => {
    const { id } = await createRejected(stores);
    const token = await tokenFor(stores, 'applications:read');
    const response = await get(`/applications/${id}?include=blocking_conversation`, token);
    await problemOf(response, 403, 'FORBIDDEN');
  });
});

it('GET /applications selects dismissed failures, or all but them', async () => {
  const [failed, dismissed] = [await createFailed(stores), await createFailed(stores)];
  await dismissApplication(stores.database, dismissed.id, 'ada');
  expect(await read('/applications?status=FAILED&dismissed=false&include=replay')).toMatchObject({
    data: [{ id: failed.id, replay: 'POSSIBLE' }],
  });
  expect(await read('/applications?status=FAILED&dismissed=true')).toMatchObject({
    data: [{ id: dismissed.id }],
  });
});

describe('GET /events', () => {
  it('begins with the newest events, as many as tail says', async () => {
    const id = await createConversation(stores, 'COMPLETED');
    expect(await read('/events?tail=2')).toMatchObject({
      data: [{ data: { id, status: 'ONGOING' } }, { data: { id, status: 'COMPLETED' } }],
    });
  });

  it('begins with the events of a time', async () => {
    expect(await read('/events?created_after=2999-01-01')).toMatchObject({ data: [] });
  });

  it('is 422 for tail with after, which is another beginning', async () => {
    const { errors } = await problemOf(await call(web, 'GET', '/events?tail=2&after=latest'), 422, 'INVALID');
    expect(errors).toEqual([having({ pointer: '/tail', code: 'CONFLICTING' })]);
  });
});

describe('GET /token', () => {
  it('describes the token of the request', async () => {
    const token = await tokenFor(stores, 'metrics:read');
    expect(await (await get('/token', token)).json()).toEqual({
      name: 'metrics:read',
      scopes: ['metrics:read'],
      sender: null,
      expires_at: null,
    });
  });

  it('is 401 without one', async () => {
    await problemOf(await fetch(`${web.url}/token`), 401, 'NOT_AUTHENTIC');
  });
});
