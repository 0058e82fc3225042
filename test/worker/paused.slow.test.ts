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

/** Reads the job and all rows of an application. */
async function readEverything(event: Event): Promise<unknown> {
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

/** Pauses a worker while it processes an event, expires its locks, and lets another worker process the job. */
async function processByAnother(event: Event): Promise<void> {
  paused = await startProcess('worker', stores, queue);
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  await lock.waitForJob();
  paused.child.kill('SIGSTOP');
  await expireLocks(queue);
  const stop = await runWorker(stores, queue);
  await lock.release();
  await eventually(() => jobOutcome(queue, event), 60_000);
  await stop();
}

/** Resumes the paused worker, and waits until it has processed a new job. */
async function resume(): Promise<void> {
  const next = applicationEvent();
  paused.child.kill('SIGCONT');
  await enqueue(queue, next);
  expect(await eventually(() => jobOutcome(queue, next), 60_000)).toMatchObject({ status: 'ACCEPTED' });
}

it('changes nothing after a pause when another worker accepted the application and it was moved on', async () => {
  const event = applicationEvent();
  await processByAnother(event);
  const { conversation_id } = (await jobOutcome(queue, event)) ?? {};
  await moveConversation(stores.database, conversation_id ?? '', 'ONGOING');
  const before = await readEverything(event);
  await resume();
  expect(await readEverything(event)).toEqual(before);
  expect(before).toMatchObject({
    row: { status: 'ACCEPTED', conversation_id },
    conversations: [{ id: conversation_id, status: 'ONGOING' }],
    events: [{ type: 'conversation.created' }, { type: 'conversation.updated' }],
  });
});

it('changes nothing after a pause when another worker rejected the application, even if it could be accepted now', async () => {
  const event = applicationEvent();
  const active = await createConversation(stores, 'ONGOING', { candidate_id: event.candidate_id });
  await processByAnother(event);
  await moveConversation(stores.database, active, 'COMPLETED');
  const before = await readEverything(event);
  await resume();
  expect(await readEverything(event)).toEqual(before);
  expect(before).toMatchObject({
    job: { status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' },
    row: { status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' },
    conversations: [],
    events: [{ type: 'application.rejected' }],
  });
});
