import { literal } from 'sequelize';
import { presentApplication, presentConversation } from '../../src/lib/present';
import { moveConversation } from '../../src/conversations/move';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { lockCandidate } from '../support/candidate-lock';
import { expireLocks } from '../support/expire-locks';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';
import { enqueue, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

let paused: RealProcess;
afterEach(() => paused.stop('SIGKILL'));

type Event = ReturnType<typeof applicationEvent>;

/** What there is of an application, in the queue and in the database. */
async function everythingOf(event: Event): Promise<unknown> {
  const where = { applicationId: event.id };
  const { applications, conversations, events } = stores.database;
  return {
    job: await jobOutcome(queue, event),
    row: (await applications.findAll({ where: { id: event.id } })).map(presentApplication)[0],
    conversations: (await conversations.findAll({ where })).map(presentConversation),
    events: (await events.findAll({ where, order: [literal('sequence_number')] })).map(({ type, data }) => ({
      type,
      data,
    })),
  };
}

/** A worker is stopped while it decides this, loses its locks, and another one does the job meanwhile. */
async function doneByAnother(event: Event): Promise<void> {
  paused = await startProcess('worker', stores, queue);
  const hold = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  await hold.waitForJob();
  paused.child.kill('SIGSTOP');
  await expireLocks(queue);
  const stop = await runWorker(stores, queue);
  await hold.release();
  await eventually(() => jobOutcome(queue, event), 60_000);
  await stop();
}

/** The stopped worker goes on with what it had in hand, and then takes another job. */
async function comesBack(): Promise<void> {
  const next = applicationEvent();
  paused.child.kill('SIGCONT');
  await enqueue(queue, next);
  expect(await eventually(() => jobOutcome(queue, next), 60_000)).toMatchObject({ status: 'ACCEPTED' });
}

it('changes nothing when it comes back to an application that another accepted, and that was moved on', async () => {
  const event = applicationEvent();
  await doneByAnother(event);
  const { conversation_id } = (await jobOutcome(queue, event)) ?? {};
  await moveConversation(stores.database, conversation_id ?? '', 'ONGOING');
  const before = await everythingOf(event);
  await comesBack();
  expect(await everythingOf(event)).toEqual(before);
  expect(before).toMatchObject({
    row: { status: 'ACCEPTED', conversation_id },
    conversations: [{ id: conversation_id, status: 'ONGOING' }],
    events: [{ type: 'conversation.created' }, { type: 'conversation.updated' }],
  });
});

it('changes nothing when it comes back to one that another rejected, though it could be accepted now', async () => {
  const event = applicationEvent();
  const active = await createConversation(stores, 'ONGOING', { candidate_id: event.candidate_id });
  await doneByAnother(event);
  await moveConversation(stores.database, active, 'COMPLETED');
  const before = await everythingOf(event);
  await comesBack();
  expect(await everythingOf(event)).toEqual(before);
  expect(before).toMatchObject({
    job: { status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' },
    row: { status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' },
    conversations: [],
    events: [{ type: 'application.rejected' }],
  });
});
