import { findApplication } from '../../src/applications/find';
import { findLostOutcomes } from '../../src/applications/lost-outcomes';
import type { ApplicationEvent, ApplicationView } from '../../src/lib/domain';
import { moveConversation } from '../../src/conversations/move';
import { createCli, splitLines } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { drainQueue, enqueue } from '../support/queue-jobs';
import { post, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const conv = createCli(stores, queue);

beforeEach(async () => {
  await queue.bullmq.obliterate({ force: true });
  await clearTables(stores);
});

const find = (id: string) => findApplication(stores.database, queue.applications, id);
const lostIds = async () =>
  (await findLostOutcomes(stores.database, queue.applications, new Date(0))).map(
    ({ job }) => job.data.event.id,
  );

async function processAll(...events: ApplicationEvent[]): Promise<void> {
  for (const event of events) await enqueue(queue, event);
  await drainQueue(stores, queue);
}

/** Removes everything that PostgreSQL stored of an application, as if it had been restored from an older backup. */
async function lose({ id }: ApplicationEvent): Promise<void> {
  await stores.database.sequelize.query(
    `WITH gone AS (DELETE FROM applications WHERE id = $1), events AS (DELETE FROM events WHERE application_id = $1)
     DELETE FROM conversations WHERE application_id = $1`,
    { bind: [id] },
  );
}

it('finds nothing while PostgreSQL has every outcome', async () => {
  const [first, second] = [applicationEvent(), applicationEvent()];
  await processAll(first, { ...second, candidate_id: first.candidate_id });
  expect(await lostIds()).toEqual([]);
});

it('does not take an outcome for lost that was replaced by a newer one', async () => {
  const [first, second] = [applicationEvent(), applicationEvent()];
  await processAll(first, { ...second, candidate_id: first.candidate_id });
  const { conversation_id } = await find(first.id);
  await moveConversation(stores.database, conversation_id ?? '', 'ONGOING');
  await stores.database.applications.update({ processedAt: new Date() }, { where: { id: second.id } });
  expect(await lostIds()).toEqual([]);
});

it('shows a lost application as QUEUED, without a conversation that does not exist', async () => {
  const event = applicationEvent();
  await processAll(event);
  await lose(event);
  expect(await find(event.id)).toMatchObject({ status: 'QUEUED', conversation_id: null });
});

it('is repaired by a redelivery', async () => {
  const event = applicationEvent();
  await processAll(event);
  await lose(event);
  const response = await post(web, event);
  expect((await response.json()) as ApplicationView).toMatchObject({
    status: 'QUEUED',
    conversation_id: null,
  });
  await drainQueue(stores, queue);
  expect(await find(event.id)).toMatchObject({ status: 'ACCEPTED' });
});

it('is not processed again by a redelivery while PostgreSQL has its outcome', async () => {
  const event = applicationEvent();
  await processAll(event);
  const response = await post(web, event);
  expect((await response.json()) as ApplicationView).toMatchObject({ status: 'ACCEPTED' });
});

it('processes an application again of which PostgreSQL has only an older outcome', async () => {
  const [first, second] = [applicationEvent(), applicationEvent()];
  await processAll(first, { ...second, candidate_id: first.candidate_id });
  await stores.database.applications.update(
    { processedAt: new Date('2024-01-01') },
    { where: { id: second.id } },
  );
  await lose(first);
  expect(new Set(await lostIds())).toEqual(new Set([first.id, second.id]));
});

describe('conv reconcile', () => {
  it('brings back what is lost, and has nothing to do afterwards', async () => {
    const events = Array.from({ length: 5 }, () => applicationEvent());
    const lost = events.slice(0, 3);
    await processAll(...events);
    for (const event of lost) await lose(event);
    const { code, stdout, stderr } = await conv(['reconcile', '-o', 'ids']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'queued 3 applications again\n' });
    expect(splitLines(stdout).sort()).toEqual(lost.map(({ id }) => id).sort());
    await drainQueue(stores, queue);
    for (const { id } of events) expect(await find(id)).toMatchObject({ status: 'ACCEPTED' });
    expect((await conv(['reconcile'])).stderr).toBe(
      'nothing to do: PostgreSQL has every outcome that the queue remembers\n',
    );
  });

  it('follows each application to its outcome with --wait', async () => {
    const events = [applicationEvent(), applicationEvent()];
    await processAll(...events);
    for (const event of events) await lose(event);
    const stop = await runWorker(stores, queue);
    const { code, stderr } = await conv(['reconcile', '--wait']);
    await stop();
    expect([code, stderr]).toEqual([0, 'queued 2 applications again: 2 ACCEPTED\n']);
  });

  it('changes nothing with --dry-run', async () => {
    const event = applicationEvent();
    await processAll(event);
    await lose(event);
    const { stdout, stderr } = await conv(['reconcile', '--dry-run', '-o', 'ids']);
    expect([stdout, stderr]).toEqual([
      `${event.id}\n`,
      'dry run: would process 1 application again; nothing was changed\n',
    ]);
    expect(await queue.bullmq.getWaitingCount()).toBe(0);
  });

  it('leaves out what was processed before --since', async () => {
    const event = applicationEvent();
    await processAll(event);
    await lose(event);
    expect((await conv(['reconcile', '--since', '2999-01-01', '-o', 'ids'])).stdout).toBe('');
  });
});
