import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent, ApplicationView, ConversationView, FeedEvent } from '../../src/lib/domain';
import { processApplication } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { createCli, parseJson } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { call, post, readApplication, useWeb } from '../support/web';
import { countOpenJobs } from '../support/queue-jobs';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
beforeAll(async () => {
  const stop = await runWorker(stores, queue, { whenActive: 'defer' });
  atEnd(stop);
});

async function send(event: ApplicationEvent): Promise<ApplicationView> {
  expect((await post(web, event)).status).toBe(202);
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  return readApplication(web, event.id);
}

/** Applications of one candidate, sent one after the other; all but the first wait for the first. */
async function apply(...jobs: string[]): Promise<{ events: ApplicationEvent[]; active: string }> {
  const { candidate_id } = applicationEvent();
  const events = jobs.map((job) => applicationEvent({ candidate_id, job_id: `${job} of ${candidate_id}` }));
  const views: ApplicationView[] = [];
  for (const event of events) views.push(await send(event));
  return { events, active: views[0]?.conversation_id ?? '' };
}

async function complete(id: string): Promise<void> {
  for (const status of ['ONGOING', 'COMPLETED'])
    expect((await call(web, 'PATCH', `/conversations/${id}`, { status })).status).toBe(200);
}

const statuses = (events: ApplicationEvent[]) =>
  Promise.all(events.map(async ({ id }) => (await readApplication(web, id)).status));

async function get<T>(path: string): Promise<T[]> {
  return ((await (await call(web, 'GET', path)).json()) as { data: T[] }).data;
}

const told = async ({ id }: ApplicationEvent) =>
  (await stores.database.events.findAll({ where: { applicationId: id }, order: ['id'] })).map(
    ({ type }) => type,
  );

it('turns five applications into five conversations, one after the other, oldest first', async () => {
  const { events, active } = await apply('a', 'b', 'c', 'd', 'e');
  let now = active;
  for (let n = 0; n < events.length; n++) {
    expect(await statuses(events)).toEqual(events.map((_, m) => (m <= n ? 'ACCEPTED' : 'DEFERRED')));
    const { conversation_id } = await readApplication(web, events[n]?.id ?? '');
    const actives = await get<ConversationView>(
      `/conversations?candidate_id=${events[0]?.candidate_id}&status=CREATED,ONGOING`,
    );
    expect(actives).toEqual([expect.objectContaining({ id: conversation_id, job_id: events[n]?.job_id })]);
    now = conversation_id ?? now;
    await complete(now);
  }
  for (const [n, event] of events.entries())
    expect(await told(event)).toEqual([
      ...(n > 0 ? ['application.deferred'] : []),
      'conversation.created',
      'conversation.updated',
      'conversation.updated',
    ]);
});

it('shows a deferred application by id, in the list and in its event', async () => {
  const { events } = await apply('a', 'b');
  const [, second] = events;
  const view = await readApplication(web, second?.id ?? '');
  expect(view).toMatchObject({ status: 'DEFERRED', reason: 'ACTIVE_CONVERSATION', conversation_id: null });
  const query = `candidate_id=${second?.candidate_id}`;
  expect(await get<ApplicationView>(`/applications?status=DEFERRED&${query}`)).toEqual([view]);
  expect(await get<ApplicationView>(`/applications?status=REJECTED&${query}`)).toEqual([]);
  const conv = createCli(stores, queue);
  const flags = ['--status', 'DEFERRED', '--candidate', second?.candidate_id ?? '', '-o', 'json'];
  expect(parseJson(await conv(['apps', 'list', ...flags]))).toEqual([view]);
  const told = await get<FeedEvent>('/events?type=application.deferred&limit=200');
  expect(told.filter(({ data }) => data.id === second?.id).map(({ data }) => data)).toEqual([view]);
});

it('rejects a duplicate among the deferred, with its event, and continues with the next', async () => {
  const { events, active } = await apply('a', 'b', 'b', 'c');
  const [, b, again, c] = events as [ApplicationEvent, ApplicationEvent, ApplicationEvent, ApplicationEvent];
  await complete(active);
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED', 'DEFERRED', 'DEFERRED']);
  await complete((await readApplication(web, b.id)).conversation_id ?? '');
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED', 'REJECTED', 'ACCEPTED']);
  const rejected = await readApplication(web, again.id);
  expect(rejected).toMatchObject({ reason: 'DUPLICATE_APPLICATION', conversation_id: null });
  const [event] = await get<FeedEvent>('/events?type=application.rejected&limit=200');
  expect(event?.data).toEqual(rejected);
  expect(await told(again)).toEqual(['application.deferred', 'application.rejected']);
  expect(await told(c)).toEqual(['application.deferred', 'conversation.created']);
});

it('rejects a duplicate at once instead of deferring it', async () => {
  const { events } = await apply('a', 'a');
  expect(await statuses(events)).toEqual(['ACCEPTED', 'REJECTED']);
});

it('answers a redelivery of a deferred application with its present state', async () => {
  const { events, active } = await apply('a', 'b');
  const second = events[1] as ApplicationEvent;
  const before = await readApplication(web, second.id);
  const response = await post(web, second);
  expect([response.status, response.headers.get('Idempotent-Replayed')]).toEqual([202, 'true']);
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  expect(await readApplication(web, second.id)).toMatchObject({
    status: 'DEFERRED',
    received_at: before.received_at,
  });
  await complete(active);
  await post(web, second);
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  const after = await readApplication(web, second.id);
  expect(after.status).toBe('ACCEPTED');
  const again = (await (await post(web, second)).json()) as ApplicationView;
  expect(again).toMatchObject({ status: 'ACCEPTED', conversation_id: after.conversation_id });
  expect(await told(second)).toEqual(['application.deferred', 'conversation.created']);
});

it('keeps the time of receipt of a deferred application that is redelivered after the queue removed its job', async () => {
  const { events, active } = await apply('a', 'b', 'c');
  const second = events[1] as ApplicationEvent;
  await processApplication(stores.database, jobData(second), 'defer');
  await complete(active);
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED', 'DEFERRED']);
});

it('changes nothing when a deferred application is replayed while it has to wait', async () => {
  const { events, active } = await apply('a', 'b', 'c');
  expect((await call(web, 'POST', `/applications/${events[1]?.id}/replay`)).status).toBe(202);
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  expect(await statuses(events)).toEqual(['ACCEPTED', 'DEFERRED', 'DEFERRED']);
  expect(await told(events[1] as ApplicationEvent)).toEqual(['application.deferred']);
  await complete(active);
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED', 'DEFERRED']);
});

it('processes deferred applications when `conv move` completes the conversation', async () => {
  const { events, active } = await apply('a', 'b');
  const conv = createCli(stores, queue);
  for (const status of ['ONGOING', 'COMPLETED'])
    expect(await conv(['move', active, status])).toMatchObject({ code: 0 });
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED']);
});

it('rejects without WHEN_ACTIVE=defer, and still processes applications that were deferred before', async () => {
  const { events, active } = await apply('a', 'b');
  const { candidate_id } = events[0] as ApplicationEvent;
  const third = applicationEvent({ candidate_id });
  expect(await processApplication(stores.database, jobData(third))).toMatchObject({
    status: 'REJECTED',
    reason: 'ACTIVE_CONVERSATION',
  });
  await complete(active);
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED']);
});

it('rolls the move back when a deferred application cannot be processed', async () => {
  const { events, active } = await apply('a', 'b');
  await moveConversation(stores.database, active, 'ONGOING');
  const { sequelize } = stores.database;
  await sequelize.query(`
    CREATE FUNCTION refuse_conversation() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.application_id = '${events[1]?.id}' THEN RAISE EXCEPTION 'refused by the test'; END IF; RETURN NEW;
    END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON conversations FOR EACH ROW EXECUTE FUNCTION refuse_conversation()`);
  await expect(moveConversation(stores.database, active, 'COMPLETED')).rejects.toThrow();
  await sequelize.query('DROP FUNCTION refuse_conversation CASCADE');
  expect(
    (await get<ConversationView>(`/conversations?candidate_id=${events[0]?.candidate_id}`))[0],
  ).toMatchObject({
    status: 'ONGOING',
  });
  await moveConversation(stores.database, active, 'COMPLETED');
  expect(await statuses(events)).toEqual(['ACCEPTED', 'ACCEPTED']);
});
