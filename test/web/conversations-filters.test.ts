import type { ConversationView } from '../../src/lib/domain';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { nextInstant } from '../support/time';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

async function list(query: string): Promise<string[]> {
  const response = await call(web, 'GET', `/conversations?order=asc&${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: ConversationView[] }).data.map(({ id }) => id);
}

async function move(id: string): Promise<string> {
  const response = await call(web, 'PATCH', `/conversations/${id}`, { status: 'ONGOING' });
  return ((await response.json()) as ConversationView).updated_at;
}

describe('application_id', () => {
  it('finds the conversation of an application', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    await createConversation(stores);
    expect(await list(`application_id=${event.id}`)).toEqual([id]);
  });

  it('is an empty list for an application without a conversation', async () => {
    expect(await list('application_id=unknown')).toEqual([]);
  });
});

describe('updated_after', () => {
  it('includes conversations that changed at this time or later, by time of creation', async () => {
    const job_id = 'job-updated';
    const older = await createConversation(stores, 'CREATED', { job_id });
    const newer = await createConversation(stores, 'CREATED', { job_id });
    await createConversation(stores, 'CREATED', { job_id });
    await nextInstant();
    const first = await move(newer);
    await move(older);
    expect(await list(`job_id=${job_id}&updated_after=${first}`)).toEqual([older, newer]);
  });

  it('excludes conversations that changed before', async () => {
    const job_id = 'job-before';
    await move(await createConversation(stores, 'CREATED', { job_id }));
    expect(await list(`job_id=${job_id}&updated_after=${await nextInstant()}`)).toEqual([]);
  });

  it('belongs to the cursor: with another time it is refused', async () => {
    const job_id = 'job-cursor';
    await createConversation(stores, 'CREATED', { job_id });
    await createConversation(stores, 'CREATED', { job_id });
    const query = `/conversations?job_id=${job_id}&limit=1`;
    const page = await call(web, 'GET', `${query}&updated_after=2026-01-01`);
    const { next_cursor } = (await page.json()) as { next_cursor: string };
    const response = await call(web, 'GET', `${query}&updated_after=2026-01-02&cursor=${next_cursor}`);
    expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/cursor INVALID_CURSOR']);
  });
});

it.each([
  ['updated_after=now', '/updated_after INVALID_TIME'],
  ['application_id=..', '/application_id RESERVED_ID'],
])('refuses %s', async (query, fault) => {
  const response = await call(web, 'GET', `/conversations?${query}`);
  expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual([fault]);
});
