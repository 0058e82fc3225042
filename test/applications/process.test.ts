import { presentApplication, presentConversation } from '../../src/lib/present';
import { recordFailure } from '../../src/applications/record-failure';
import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent } from '../../src/lib/domain';
import type { ApplicationJobData, Outcome } from '../../src/queue/applications';
import { processApplication } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE, jobData } from '../support/factories';
import { readAllRows } from '../support/rows';

const stores = useDatabase();
beforeEach(() => clearTables(stores));

const processEvent = (event: ApplicationEvent, extra: Partial<ApplicationJobData> = {}) =>
  processApplication(stores.database, jobData(event, extra));

const conversationId = ({ conversation_id }: Outcome): string => {
  if (conversation_id === null) throw new Error('there is no conversation');
  return conversation_id;
};

async function complete(outcome: Outcome): Promise<void> {
  await moveConversation(stores.database, conversationId(outcome), 'ONGOING');
  await moveConversation(stores.database, conversationId(outcome), 'COMPLETED');
}

const eventTypes = async () =>
  (await stores.database.events.findAll({ order: ['createdAt', 'id'] })).map(({ type }) => type);

it('creates a conversation with the ids of the event for a first application', async () => {
  const event = applicationEvent();
  const outcome = await processEvent(event);
  expect(outcome).toMatchObject({ status: 'ACCEPTED', reason: null });
  const conversation = await stores.database.conversations.findByPk(conversationId(outcome), {
    rejectOnEmpty: true,
  });
  const { id: application_id, job_id, candidate_id } = event;
  expect(presentConversation(conversation)).toMatchObject({
    application_id,
    job_id,
    candidate_id,
    status: 'CREATED',
  });
});

it('uses the time in the UUIDv7 of a conversation as its created_at', async () => {
  const id = conversationId(await processEvent(applicationEvent()));
  const { createdAt } = await stores.database.conversations.findByPk(id, { rejectOnEmpty: true });
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(createdAt.getTime());
  expect(id[14]).toBe('7');
});

it('stores the event, its time of receipt and the candidate', async () => {
  const event = applicationEvent();
  await processEvent(event, { received_at: '2024-02-29T12:00:00.123Z' });
  const row = await stores.database.applications.findByPk(event.id, { rejectOnEmpty: true });
  expect(row.payload).toEqual(event);
  expect(presentApplication(row).received_at).toBe('2024-02-29T12:00:00.123Z');
  expect(await stores.database.candidates.findByPk(event.candidate_id)).toMatchObject({
    phoneNumber: CANDIDATE.phone_number,
    firstName: CANDIDATE.first_name,
    lastName: CANDIDATE.last_name,
    emailAddress: CANDIDATE.email_address,
  });
});

describe('a second application of the same candidate', () => {
  const first = applicationEvent();
  const { candidate_id, job_id } = first;

  it('is rejected while the first conversation is active', async () => {
    await processEvent(first);
    expect(await processEvent(applicationEvent({ candidate_id }))).toMatchObject({
      status: 'REJECTED',
      reason: 'ACTIVE_CONVERSATION',
      conversation_id: null,
    });
  });

  it('is accepted for another job after the first conversation is COMPLETED', async () => {
    await complete(await processEvent(first));
    expect(await processEvent(applicationEvent({ candidate_id }))).toMatchObject({ status: 'ACCEPTED' });
  });

  it('is rejected for the same job even after the first conversation is COMPLETED', async () => {
    await complete(await processEvent(first));
    const second = await processEvent(applicationEvent({ candidate_id, job_id }));
    expect(second).toMatchObject({ status: 'REJECTED', reason: 'DUPLICATE_APPLICATION' });
  });

  it('is a DUPLICATE_APPLICATION when both rules apply, because that one is final', async () => {
    await processEvent(first);
    const second = await processEvent(applicationEvent({ candidate_id, job_id }));
    expect(second).toMatchObject({ status: 'REJECTED', reason: 'DUPLICATE_APPLICATION' });
  });

  it('is a DUPLICATE_APPLICATION even when the active conversation is for another job', async () => {
    await complete(await processEvent(first));
    await processEvent(applicationEvent({ candidate_id }));
    const third = await processEvent(applicationEvent({ candidate_id, job_id }));
    expect(third).toMatchObject({ reason: 'DUPLICATE_APPLICATION' });
  });
});

it('accepts two candidates for the same job', async () => {
  const first = applicationEvent();
  await processEvent(first);
  expect(await processEvent(applicationEvent({ job_id: first.job_id }))).toMatchObject({
    status: 'ACCEPTED',
  });
});

it('returns the same outcome and changes nothing when an accepted application is processed again', async () => {
  const event = applicationEvent();
  const outcome = await processEvent(event);
  const before = await readAllRows(stores.database.sequelize);
  expect(await processEvent(event)).toEqual(outcome);
  expect(await readAllRows(stores.database.sequelize)).toEqual(before);
});

it('keeps a rejection after its reason is gone', async () => {
  const first = applicationEvent();
  const accepted = await processEvent(first);
  const second = applicationEvent({ candidate_id: first.candidate_id });
  const rejected = await processEvent(second);
  await complete(accepted);
  const before = await readAllRows(stores.database.sequelize);
  expect(await processEvent(second)).toEqual(rejected);
  expect(await readAllRows(stores.database.sequelize)).toEqual(before);
});

it('keeps the first outcome when another payload has the same id', async () => {
  const event = applicationEvent();
  const outcome = await processEvent(event);
  const before = await readAllRows(stores.database.sequelize);
  expect(await processEvent(applicationEvent({ id: event.id }))).toEqual(outcome);
  expect(await readAllRows(stores.database.sequelize)).toEqual(before);
});

describe('a replay', () => {
  it('replaces the outcome that it names', async () => {
    const first = applicationEvent();
    const accepted = await processEvent(first);
    const second = applicationEvent({ candidate_id: first.candidate_id });
    const { processed_at } = await processEvent(second);
    await complete(accepted);
    expect(await processEvent(second, { replaces: processed_at })).toMatchObject({
      status: 'ACCEPTED',
      reason: null,
    });
  });

  it('changes nothing when it names another outcome than the present one', async () => {
    const first = applicationEvent();
    await complete(await processEvent(first));
    const second = applicationEvent({ candidate_id: first.candidate_id, job_id: first.job_id });
    const rejected = await processEvent(second);
    expect(await processEvent(second, { replaces: '2020-01-01T00:00:00.000Z' })).toEqual(rejected);
  });

  it('never replaces an accepted outcome', async () => {
    const event = applicationEvent();
    const outcome = await processEvent(event);
    expect(await processEvent(event, { replaces: outcome.processed_at })).toEqual(outcome);
    expect(await stores.database.conversations.count()).toBe(1);
  });
});

it('processes a FAILED application again when it is delivered again', async () => {
  const event = applicationEvent();
  await recordFailure(stores.database, jobData(event), 'it broke');
  expect(await processEvent(event)).toMatchObject({ status: 'ACCEPTED' });
  expect((await stores.database.applications.findByPk(event.id))?.reason).toBeNull();
});

it('writes one event per outcome, with the record as the API shows it', async () => {
  const first = applicationEvent();
  const accepted = await processEvent(first);
  const second = applicationEvent({ candidate_id: first.candidate_id });
  await processEvent(second);
  expect(await eventTypes()).toEqual(['conversation.created', 'application.rejected']);
  const conversation = await stores.database.conversations.findByPk(conversationId(accepted));
  const application = await stores.database.applications.findByPk(second.id);
  const data = (await stores.database.events.findAll({ order: ['createdAt', 'id'] })).map(
    (event) => event.data,
  );
  expect(data).toEqual([
    conversation && presentConversation(conversation),
    application && presentApplication(application),
  ]);
});
