import { randomUUID } from 'node:crypto';
import type { ApplicationView, ConversationView } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { useQueue } from '../support/queue';
import { rawCall } from '../support/raw-http';
import { call, post, readApplication, useWeb } from '../support/web';
import { useWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
useWorker(stores, queue);

async function listed<T>(path: string, filter: Record<string, string>): Promise<T[]> {
  const response = await call(web, 'GET', `${path}?${new URLSearchParams(filter).toString()}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: T[] }).data;
}

function decidedOf(id: string): Promise<ApplicationView> {
  return eventually(async () => {
    const application = await readApplication(web, id);
    return application.processed_at !== null && application;
  });
}

describe.each(ODD_IDS)('an id of %s', (_, odd) => {
  it('goes all the way: webhook, worker, application, conversation', async () => {
    const event = applicationEvent({ id: odd, job_id: odd, candidate_id: odd });
    const posted = await post(web, event);
    expect(posted.status).toBe(202);
    expect(((await posted.json()) as ApplicationView).id).toBe(odd);

    const location = posted.headers.get('Location') ?? '';
    expect(decodeURIComponent(location.slice('/applications/'.length))).toBe(odd);
    expect((await call(web, 'GET', location)).status).toBe(200);

    const application = await decidedOf(odd);
    expect(application).toMatchObject({ id: odd, job_id: odd, candidate_id: odd, status: 'ACCEPTED' });
    const read = await call(web, 'GET', `/conversations/${application.conversation_id ?? ''}`);
    expect(await read.json()).toMatchObject({ application_id: odd, job_id: odd, candidate_id: odd });
  });

  it.each(['candidate_id', 'job_id'])('is found by %s in both lists', async (filter) => {
    const [conversation] = await listed<ConversationView>('/conversations', { [filter]: odd });
    const [application] = await listed<ApplicationView>('/applications', { [filter]: odd });
    expect(conversation).toMatchObject({ application_id: odd, [filter]: odd });
    expect(application).toMatchObject({ id: odd, [filter]: odd });
  });

  it('is known again when it is redelivered', async () => {
    const event = applicationEvent({ id: odd, job_id: odd, candidate_id: odd });
    const again = await post(web, event);
    expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, 'true']);
    expect(await again.json()).toMatchObject({ id: odd, status: 'ACCEPTED' });
  });

  it('stays itself in the cursor of a list', async () => {
    const candidate_id = odd.length < 200 ? `${odd}${randomUUID()}` : randomUUID();
    const job_id = randomUUID();
    for (const id of [`1${odd}`, `2${odd}`]) {
      const short = Array.from(id).slice(0, 255).join('');
      await post(web, applicationEvent({ id: short, job_id, candidate_id }));
      await decidedOf(short);
    }
    const query = new URLSearchParams({ candidate_id, job_id, limit: '1', order: 'asc' });
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      if (cursor) query.set('cursor', cursor);
      const response = await call(web, 'GET', `/applications?${query.toString()}`);
      const page = (await response.json()) as { data: ApplicationView[]; next_cursor: string | null };
      ids.push(...page.data.map(({ id }) => id.charAt(0)));
      if (ids.length > 2) throw new Error('the list has no end');
      cursor = page.next_cursor;
    }
    expect(ids).toEqual(['1', '2']);
  });
});

/** HTTP clients resolve these two in a path before they ask, so only the server's half of the promise can be kept. */
it.each(['.', '..'])('serves the id %j to a client that sends paths as they are', async (id) => {
  expect((await post(web, applicationEvent({ id }))).status).toBe(202);
  await eventually(async () => {
    const headers = { Authorization: `Bearer ${web.token}` };
    const { body } = await rawCall(web.url, { path: `/applications/${id}`, headers });
    return (JSON.parse(body) as ApplicationView).status === 'ACCEPTED';
  });
});

it('keeps apart ids that differ in nothing but case, composition or a space', async () => {
  const unique = randomUUID();
  const ids = [`é-${unique}`, `e\u0301-${unique}`, `É-${unique}`, `é-${unique} `];
  for (const id of ids) {
    const response = await post(web, applicationEvent({ id }));
    expect(response.headers.get('Idempotent-Replayed')).toBeNull();
  }
  for (const id of ids) expect((await decidedOf(id)).id).toBe(id);
});
