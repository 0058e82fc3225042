import { literal } from 'sequelize';
import { presentApplication, presentConversation } from '../../src/lib/present';
import { moveConversation } from '../../src/conversations/move';
import { useDatabase } from '../support/database';
import { conversation } from '../support/decided';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { holdCandidate } from '../support/hold';
import { loseLocks } from '../support/lost-locks';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';
import { enqueue, outcomeOf } from '../support/work-off';

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
    job: await outcomeOf(queue, event),
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
  const hold = await holdCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  await hold.jobWaits();
  paused.child.kill('SIGSTOP');
  await loseLocks(queue);
  const stop = await runWorker(stores, queue);
  await hold.release();
  await eventually(() => outcomeOf(queue, event), 60_000);
  await stop();
}

/** The stopped worker goes on with what it had in hand, and then takes another job. */
async function comesBack(): Promise<void> {
  const next = applicationEvent();
  paused.child.kill('SIGCONT');
  await enqueue(queue, next);
  expect(await eventually(() => outcomeOf(queue, next), 60_000)).toMatchObject({ status: 'ACCEPTED' });
}

it('changes nothing when it comes back to an application that another accepted, and that was moved on', async () => {
  const event = applicationEvent();
  await doneByAnother(event);
  const { conversation_id } = (await outcomeOf(queue, event)) ?? {};
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
  const active = await conversation(stores, 'ONGOING', { candidate_id: event.candidate_id });
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
