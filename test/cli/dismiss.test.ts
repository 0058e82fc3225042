import { findApplication } from '../../src/applications/find';
import { replayApplication } from '../../src/applications/replay';
import { createConversation, createFailed, createRejected } from '../support/applications';
import { createCli, parseCells, parseJson, splitLines } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { ISO_TIME } from '../support/matchers';
import { useQueue } from '../support/queue';
import { drainQueue, enqueue, failPermanently } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

beforeEach(async () => {
  await clearTables(stores);
  await queue.bullmq.obliterate({ force: true });
});

const listFailed = async (...args: string[]) =>
  splitLines((await conv(['apps', 'list', '--status', 'FAILED', '-o', 'ids', ...args])).stdout);

describe('conv apps dismiss', () => {
  it('takes a FAILED application off the list and out of replays, and keeps who did it and when', async () => {
    const [dismissed, other] = [await createFailed(stores), await createFailed(stores)];
    const { code, stdout } = await conv(['apps', 'dismiss', dismissed.id, '--by', 'ada']);
    expect([code, stdout]).toEqual([0, `dismissed ${dismissed.id}\n`]);
    expect(await listFailed()).toEqual([other.id]);
    expect(await listFailed('--dismissed')).toEqual([dismissed.id]);
    const preview = await conv(['replay', '--status', 'FAILED', '--dry-run', '-o', 'ids']);
    expect(splitLines(preview.stdout)).toEqual([other.id]);
    const shown = parseJson(await conv(['apps', 'show', dismissed.id, '-o', 'json']));
    const by = { dismissed_by: 'ada', dismissed_at: ISO_TIME };
    expect(shown).toMatchObject({ status: 'FAILED', reason: 'it broke', ...by });
  });

  it('dismisses a failure that only the queue knows', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    await stores.database.applications.destroy({ where: { id: event.id } });
    expect((await conv(['apps', 'dismiss', event.id])).code).toBe(0);
    expect(await listFailed('--dismissed')).toEqual([event.id]);
  });

  it('says that an application was dismissed before, and keeps who did it', async () => {
    const { id } = await createFailed(stores);
    await conv(['apps', 'dismiss', id, '--by', 'ada']);
    const { code, stderr } = await conv(['apps', 'dismiss', id, '--by', 'bob']);
    expect([code, stderr]).toEqual([0, `${id} was dismissed before\n`]);
    expect((await stores.database.applications.findByPk(id))?.dismissedBy).toBe('ada');
  });

  it('exits 1 for what is unknown or not FAILED, and dismisses the others', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    const { id } = await createFailed(stores);
    const { code, stderr } = await conv(['apps', 'dismiss', '--yes', 'unknown', event.id, id]);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no processed application "unknown"');
    expect(stderr).toContain(`application ${event.id} is ACCEPTED: only FAILED ones can be dismissed`);
    expect(await listFailed()).toEqual([]);
  });

  it('ends when the application is processed after all', async () => {
    const { id } = await createFailed(stores);
    await conv(['apps', 'dismiss', id]);
    await replayApplication(stores.database, queue.applications, id, 'test');
    await drainQueue(stores, queue);
    const row = await stores.database.applications.findByPk(id);
    expect(row).toMatchObject({ status: 'ACCEPTED', dismissedAt: null, dismissedBy: null });
  });
});

it('conv apps stats counts by status and reason, the queue and what only the queue knows included', async () => {
  await createRejected(stores);
  for (const reason of ['it broke', 'it broke', 'no such column']) await createFailed(stores, reason);
  const failed = applicationEvent();
  await failPermanently(stores, queue, failed);
  const { reason } = await findApplication(stores.database, queue.applications, failed.id);
  await stores.database.applications.destroy({ where: { id: failed.id } });
  await enqueue(queue, applicationEvent());
  const { stdout } = await conv(['apps', 'stats']);
  expect(parseCells(stdout)).toEqual([
    ['QUEUED', '', '1'],
    ['PROCESSING', '', '0'],
    ['ACCEPTED', '', '1'],
    ['FAILED', 'it broke', '2'],
    ...['no such column', reason].sort().map((error) => ['FAILED', error, '1']),
    ['REJECTED', 'ACTIVE_CONVERSATION', '1'],
  ]);
});
