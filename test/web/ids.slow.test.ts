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

async function list<T>(path: string, query: Record<string, string>): Promise<T[]> {
  const response = await call(web, 'GET', `${path}?${new URLSearchParams(query).toString()}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: T[] }).data;
}

function waitForOutcome(id: string): Promise<ApplicationView> {
  return eventually(async () => {
    const application = await readApplication(web, id);
    return application.processed_at !== null && application;
  });
}

it.each(ODD_IDS)('an id of %s is kept from the webhook to lists and redelivery', async (_, odd) => {
  const event = applicationEvent({ id: odd, job_id: odd, candidate_id: odd });
  const posted = await post(web, event);
  expect(posted.status).toBe(202);
  const location = posted.headers.get('Location') ?? '';
  expect(decodeURIComponent(location.slice('/applications/'.length))).toBe(odd);
  expect((await call(web, 'GET', location)).status).toBe(200);

  const application = await waitForOutcome(odd);
  expect(application).toMatchObject({ id: odd, job_id: odd, candidate_id: odd, status: 'ACCEPTED' });
  const conversation = await call(web, 'GET', `/conversations/${application.conversation_id ?? ''}`);
  expect(await conversation.json()).toMatchObject({ application_id: odd, job_id: odd, candidate_id: odd });

  for (const filter of ['candidate_id', 'job_id']) {
    const [listed] = await list<ConversationView>('/conversations', { [filter]: odd });
    expect(listed).toMatchObject({ application_id: odd, [filter]: odd });
    expect(await list<ApplicationView>('/applications', { [filter]: odd })).toEqual([application]);
  }

  const again = await post(web, event);
  expect([again.status, again.headers.get('Idempotent-Replayed')]).toEqual([202, 'true']);
  expect(await again.json()).toMatchObject({ id: odd, status: 'ACCEPTED' });
});

it('keeps odd ids in the cursors of a list', async () => {
  const job_id = randomUUID();
  const ids = ODD_IDS.map(([, odd]) => Array.from(`1${odd}`).slice(0, 255).join(''));
  for (const id of ids) await post(web, applicationEvent({ id, job_id }));
  for (const id of ids) await waitForOutcome(id);
  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = new URLSearchParams({ job_id, limit: '1', ...(cursor && { cursor }) });
    const response = await call(web, 'GET', `/applications?${query.toString()}`);
    const page = (await response.json()) as { data: ApplicationView[]; next_cursor: string | null };
    found.push(...page.data.map(({ id }) => id));
    if (found.length > ids.length) throw new Error('the list does not end');
    cursor = page.next_cursor;
  }
  expect(found.sort()).toEqual([...ids].sort());
});

it.each(['/applications/.', '/applications/..', '/applications/%2E', '/applications/%2E%2E'])(
  '%s is 404, also from a client that does not resolve it',
  async (path) => {
    const headers = { Authorization: `Bearer ${web.token}` };
    expect((await rawCall(web.url, { path, headers })).status).toBe(404);
  },
);

it('distinguishes ids that differ only in case, composition or a space', async () => {
  const unique = randomUUID();
  const ids = [`é-${unique}`, `e\u0301-${unique}`, `É-${unique}`, `é-${unique} `];
  for (const id of ids) {
    const response = await post(web, applicationEvent({ id }));
    expect(response.headers.get('Idempotent-Replayed')).toBeNull();
  }
  for (const id of ids) expect((await waitForOutcome(id)).id).toBe(id);
});
