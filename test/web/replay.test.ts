import type { ApplicationView } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { createConversation, createFailed, createRejected } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, post, readApplication, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const replay = (id: string) => call(web, 'POST', `/applications/${encodeURIComponent(id)}/replay`);

async function processUntil(
  id: string,
  until: (application: ApplicationView) => boolean,
): Promise<ApplicationView> {
  const stop = await runWorker(stores, queue);
  try {
    return await eventually(async () => {
      const application = await readApplication(web, id);
      return until(application) && application;
    });
  } finally {
    await stop();
  }
}

describe('POST /applications/{id}/replay', () => {
  it('queues a FAILED application again, which is then processed', async () => {
    const event = await createFailed(stores);
    const response = await replay(event.id);
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      id: event.id,
      status: 'QUEUED',
      reason: null,
      conversation_id: null,
    });
    await processUntil(event.id, ({ status }) => status === 'ACCEPTED');
  });

  it('accepts a REJECTED application once the active conversation is COMPLETED', async () => {
    const event = await createRejected(stores);
    for (const status of ['ONGOING', 'COMPLETED'])
      await call(web, 'PATCH', `/conversations/${event.active}`, { status });
    expect((await replay(event.id)).status).toBe(202);
    await processUntil(event.id, ({ status }) => status === 'ACCEPTED');
  });

  it('rejects an application again while the reason persists', async () => {
    const event = await createRejected(stores);
    const before = await readApplication(web, event.id);
    await replay(event.id);
    const again = await processUntil(
      event.id,
      ({ processed_at }) => processed_at !== null && processed_at !== before.processed_at,
    );
    expect(again).toStrictEqual({ ...before, processed_at: again.processed_at });
  });

  it('does not change a QUEUED application', async () => {
    const event = applicationEvent();
    await post(web, event);
    const response = await replay(event.id);
    expect([response.status, ((await response.json()) as ApplicationView).status]).toEqual([202, 'QUEUED']);
  });

  it('creates one conversation for concurrent replays', async () => {
    const event = await createFailed(stores);
    const answers = await Promise.all([replay(event.id), replay(event.id), replay(event.id)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    await processUntil(event.id, ({ status }) => status === 'ACCEPTED');
    expect(await stores.database.conversations.count({ where: { applicationId: event.id } })).toBe(1);
  });

  it('is 409 and names the conversation if it exists', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    const { detail } = await problemOf(await replay(event.id), 409, 'CONFLICT');
    expect(detail).toContain(id);
  });

  it.each(['unknown', '-5', 'a/b', 'x'.repeat(300)])('is 404 for an unknown id: %s', async (id) => {
    await problemOf(await replay(id), 404, 'NOT_FOUND');
  });

  it('ignores a body', async () => {
    const { id } = await createFailed(stores);
    const headers = { Authorization: `Bearer ${web.token}` };
    expect(
      (await fetch(`${web.url}/applications/${id}/replay`, { method: 'POST', headers, body: 'x' })).status,
    ).toBe(202);
  });
});
