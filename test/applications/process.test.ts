import { presentApplication, presentConversation } from '../../src/lib/present';
import { processApplication } from '../../src/applications/process';
import { recordFailure } from '../../src/applications/record-failure';
import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent } from '../../src/lib/domain';
import type { ApplicationJobData, Outcome } from '../../src/queue/applications';
import { clear, useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE, delivery } from '../support/factories';
import { everything } from '../support/rows';

const stores = useDatabase();
beforeEach(() => clear(stores));

const deciding = (event: ApplicationEvent, extra: Partial<ApplicationJobData> = {}) =>
  processApplication(stores.database, delivery(event, extra));

const conversationOf = ({ conversation_id }: Outcome): string => {
  if (conversation_id === null) throw new Error('there is no conversation');
  return conversation_id;
};

async function complete(outcome: Outcome): Promise<void> {
  await moveConversation(stores.database, conversationOf(outcome), 'ONGOING');
  await moveConversation(stores.database, conversationOf(outcome), 'COMPLETED');
}

const eventTypes = async () =>
  (await stores.database.events.findAll({ order: ['createdAt', 'id'] })).map(({ type }) => type);

it('accepts a first application: a conversation that is CREATED, with the ids of the event', async () => {
  const event = applicationEvent();
  const outcome = await deciding(event);
  expect(outcome).toMatchObject({ status: 'ACCEPTED', reason: null });
  const conversation = await stores.database.conversations.findByPk(conversationOf(outcome), {
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

it('gives a conversation an id whose time is its created_at', async () => {
  const id = conversationOf(await deciding(applicationEvent()));
  const { createdAt } = await stores.database.conversations.findByPk(id, { rejectOnEmpty: true });
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(createdAt.getTime());
  expect(id[14]).toBe('7');
});

it('keeps the event, when it was received, and the candidate', async () => {
  const event = applicationEvent();
  await deciding(event, { received_at: '2024-02-29T12:00:00.123Z' });
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
    await deciding(first);
    expect(await deciding(applicationEvent({ candidate_id }))).toMatchObject({
      status: 'REJECTED',
      reason: 'ACTIVE_CONVERSATION',
      conversation_id: null,
    });
  });

  it('is accepted for another job when the first conversation is COMPLETED', async () => {
    await complete(await deciding(first));
    expect(await deciding(applicationEvent({ candidate_id }))).toMatchObject({ status: 'ACCEPTED' });
  });

  it('is rejected for the same job, also when the first conversation is COMPLETED', async () => {
    await complete(await deciding(first));
    const second = await deciding(applicationEvent({ candidate_id, job_id }));
    expect(second).toMatchObject({ status: 'REJECTED', reason: 'DUPLICATE_APPLICATION' });
  });

  it('is a DUPLICATE_APPLICATION where both rules say no: that one is final', async () => {
    await deciding(first);
    const second = await deciding(applicationEvent({ candidate_id, job_id }));
    expect(second).toMatchObject({ status: 'REJECTED', reason: 'DUPLICATE_APPLICATION' });
  });

  it('is a DUPLICATE_APPLICATION also where the active conversation is another one', async () => {
    await complete(await deciding(first));
    await deciding(applicationEvent({ candidate_id }));
    const third = await deciding(applicationEvent({ candidate_id, job_id }));
    expect(third).toMatchObject({ reason: 'DUPLICATE_APPLICATION' });
  });
});

it('lets two candidates apply for the same job', async () => {
  const first = applicationEvent();
  await deciding(first);
  expect(await deciding(applicationEvent({ job_id: first.job_id }))).toMatchObject({ status: 'ACCEPTED' });
});

it('decides an accepted application once: again gives the same outcome and changes nothing', async () => {
  const event = applicationEvent();
  const outcome = await deciding(event);
  const before = await everything(stores.database.sequelize);
  expect(await deciding(event)).toEqual(outcome);
  expect(await everything(stores.database.sequelize)).toEqual(before);
});

it('decides a rejected application once, also when the reason has passed', async () => {
  const first = applicationEvent();
  const accepted = await deciding(first);
  const second = applicationEvent({ candidate_id: first.candidate_id });
  const rejected = await deciding(second);
  await complete(accepted);
  const before = await everything(stores.database.sequelize);
  expect(await deciding(second)).toEqual(rejected);
  expect(await everything(stores.database.sequelize)).toEqual(before);
});

it('lets the first outcome stand when another payload comes under the same id', async () => {
  const event = applicationEvent();
  const outcome = await deciding(event);
  const before = await everything(stores.database.sequelize);
  expect(await deciding(applicationEvent({ id: event.id }))).toEqual(outcome);
  expect(await everything(stores.database.sequelize)).toEqual(before);
});

describe('a replay', () => {
  it('decides anew what it replaces', async () => {
    const first = applicationEvent();
    const accepted = await deciding(first);
    const second = applicationEvent({ candidate_id: first.candidate_id });
    const { processed_at } = await deciding(second);
    await complete(accepted);
    expect(await deciding(second, { replaces: processed_at })).toMatchObject({
      status: 'ACCEPTED',
      reason: null,
    });
  });

  it('changes nothing where the outcome that it replaces is not the present one', async () => {
    const first = applicationEvent();
    await complete(await deciding(first));
    const second = applicationEvent({ candidate_id: first.candidate_id, job_id: first.job_id });
    const rejected = await deciding(second);
    expect(await deciding(second, { replaces: '2020-01-01T00:00:00.000Z' })).toEqual(rejected);
  });

  it('never replaces an accepted outcome', async () => {
    const event = applicationEvent();
    const outcome = await deciding(event);
    expect(await deciding(event, { replaces: outcome.processed_at })).toEqual(outcome);
    expect(await stores.database.conversations.count()).toBe(1);
  });
});

it('decides a FAILED application whenever it is delivered', async () => {
  const event = applicationEvent();
  await recordFailure(stores.database, delivery(event), 'it broke');
  expect(await deciding(event)).toMatchObject({ status: 'ACCEPTED' });
  expect((await stores.database.applications.findByPk(event.id))?.reason).toBeNull();
});

it('writes one event for each outcome, with the record as the API shows it', async () => {
  const first = applicationEvent();
  const accepted = await deciding(first);
  const second = applicationEvent({ candidate_id: first.candidate_id });
  await deciding(second);
  expect(await eventTypes()).toEqual(['conversation.created', 'application.rejected']);
  const conversation = await stores.database.conversations.findByPk(conversationOf(accepted));
  const application = await stores.database.applications.findByPk(second.id);
  const data = (await stores.database.events.findAll({ order: ['createdAt', 'id'] })).map(
    (event) => event.data,
  );
  expect(data).toEqual([
    conversation && presentConversation(conversation),
    application && presentApplication(application),
  ]);
});
