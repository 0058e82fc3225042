import { findApplication } from '../../src/applications/find';
import { moveConversation } from '../../src/conversations/move';
import { replayApplication } from '../../src/applications/replay';
import { findJob } from '../../src/queue/applications';
import { useDatabase } from '../support/database';
import { createConversation, processEvent, createFailed, createRejected } from '../support/applications';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { enqueue, failPermanently, drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

const replay = (id: string) => replayApplication(stores.database, queue.applications, id, 'test-replay');
const find = (id: string) => findApplication(stores.database, queue.applications, id);

async function complete(conversationId: string): Promise<void> {
  await moveConversation(stores.database, conversationId, 'ONGOING');
  await moveConversation(stores.database, conversationId, 'COMPLETED');
}

describe('a FAILED application', () => {
  it('is retried with all its attempts when its job exists', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    expect(await replay(event.id)).toMatchObject({ id: event.id, status: 'QUEUED', reason: null });
    const found = await findJob(queue.applications, event.id);
    expect(found).toMatchObject({ state: 'waiting', job: { attemptsMade: 0 } });
    await drainQueue(stores, queue);
    expect(await find(event.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('is added from its row when its job is gone', async () => {
    const event = await createFailed(stores);
    expect(await replay(event.id)).toMatchObject({ status: 'QUEUED' });
    await drainQueue(stores, queue);
    expect(await find(event.id)).toMatchObject({ status: 'ACCEPTED', candidate_id: event.candidate_id });
  });

  it('is retried from its job when it has no row', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    await stores.database.applications.destroy({ where: { id: event.id } });
    expect(await replay(event.id)).toMatchObject({ status: 'QUEUED' });
    await drainQueue(stores, queue);
    expect(await find(event.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('keeps the time at which it was received', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event, '2024-01-01T00:00:00.000Z');
    await replay(event.id);
    await drainQueue(stores, queue);
    expect(await find(event.id)).toMatchObject({
      status: 'ACCEPTED',
      received_at: '2024-01-01T00:00:00.000Z',
    });
  });
});

describe('a REJECTED application', () => {
  it('is processed again', async () => {
    const { id, active } = await createRejected(stores);
    await complete(active);
    expect(await replay(id)).toMatchObject({ status: 'QUEUED', reason: null, conversation_id: null });
    await drainQueue(stores, queue);
    expect(await find(id)).toMatchObject({ status: 'ACCEPTED', reason: null });
  });

  it('is processed again when its completed job exists', async () => {
    const first = applicationEvent();
    const active = await createConversation(stores, 'CREATED', first);
    const second = applicationEvent({ candidate_id: first.candidate_id });
    await enqueue(queue, second);
    await drainQueue(stores, queue);
    expect(await find(second.id)).toMatchObject({ status: 'REJECTED' });
    await complete(active);
    await replay(second.id);
    expect(await find(second.id)).toMatchObject({ status: 'QUEUED' });
    await drainQueue(stores, queue);
    expect(await find(second.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('is rejected again, with a later time, while the reason applies', async () => {
    const { id } = await createRejected(stores);
    const before = await find(id);
    await replay(id);
    await drainQueue(stores, queue);
    const after = await find(id);
    expect(after).toMatchObject({ status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' });
    expect(new Date(after.processed_at ?? 0) > new Date(before.processed_at ?? 0)).toBe(true);
  });

  it('is processed again once for ten replays at the same time', async () => {
    const { id, active } = await createRejected(stores);
    await complete(active);
    const answers = await Promise.all(Array.from({ length: 10 }, () => replay(id)));
    expect(answers.every(({ status }) => status === 'QUEUED')).toBe(true);
    await drainQueue(stores, queue);
    expect(await find(id)).toMatchObject({ status: 'ACCEPTED' });
    expect(
      await stores.database.events.count({ where: { applicationId: id, type: 'conversation.created' } }),
    ).toBe(1);
  });
});

it('refuses to replay an ACCEPTED application and names its conversation', async () => {
  const event = applicationEvent();
  const { conversation_id } = await processEvent(stores, event);
  await expect(replay(event.id)).rejects.toMatchObject({
    code: 'CONFLICT',
    detail: expect.stringContaining(conversation_id ?? 'none') as string,
  });
  expect(await findJob(queue.applications, event.id)).toBeNull();
});

it('does not change an application that is waiting', async () => {
  const event = applicationEvent();
  await enqueue(queue, event);
  expect(await replay(event.id)).toMatchObject({ status: 'QUEUED' });
  await drainQueue(stores, queue);
  expect(await find(event.id)).toMatchObject({ status: 'ACCEPTED' });
});

it.each(['unknown', '', ' ', '\u0000', '\ud800', 'x'.repeat(256)])(
  'throws NOT_FOUND for the id %j',
  async (id) => {
    await expect(replay(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  },
);

it('refuses a failed job whose conversation exists', async () => {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  await processEvent(stores, event);
  await expect(replay(event.id)).rejects.toMatchObject({ code: 'CONFLICT' });
});
