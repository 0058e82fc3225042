import { dismissApplication } from '../../src/applications/dismiss';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import type { FeedEvent } from '../../src/lib/domain';
import type { FailedJob } from '../../src/queue/failed-jobs';
import { allEvents, runPushing } from '../push/support/pushing';
import { useReceiver } from '../push/support/receiver';
import { createConversation } from '../support/applications';
import { createCli, parseCells, parseJson, successOutput } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { containing, ISO_TIME, like } from '../support/matchers';
import { useQueue } from '../support/queue';
import { drainQueue, failPermanently } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const conv = createCli(stores, queue);
const listFailed = async (...flags: string[]) =>
  parseJson<FailedJob[]>(await conv(['queue', 'failed', '-o', 'json', ...flags]));

let stop: (() => Promise<void>) | null = null;
afterEach(async () => {
  await stop?.();
  stop = null;
  for (const { queue: one } of [queue.applications, queue.push]) {
    await one.obliterate({ force: true });
    await one.resume();
  }
  await clearTables(stores);
});

/** Fails an application permanently. Returns its id. */
async function failApplication(): Promise<string> {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  return event.id;
}

/** Parks one event. The receiver works afterwards. */
async function parkEvent(): Promise<FeedEvent> {
  await switchPushingOn(stores.database);
  receiver.behave(() => ({ status: 500 }));
  stop = runPushing(stores, queue, receiver, { giveUpAfter: 50 });
  await createConversation(stores);
  const [event] = (await allEvents(stores)).slice(-1);
  await eventually(async () => (await queue.push.queue.getJob(event?.id ?? ''))?.isFailed());
  receiver.behave(() => ({ status: 200 }));
  return event as FeedEvent;
}

describe('conv queue failed', () => {
  it('lists failed applications with attempts and the error in one line', async () => {
    const id = await failApplication();
    expect(await listFailed()).toEqual([
      { id, queue: 'applications', attempts: 1, error: like(/^.*SQLSTATE 23514.*$/), failed_at: ISO_TIME },
    ]);
  });

  it('lists failed pushes with the number of attempts', async () => {
    const { id } = await parkEvent();
    const [push] = await listFailed();
    expect(push).toEqual({
      ...{ id, queue: 'push', error: 'parked: answered 500', failed_at: ISO_TIME },
      attempts: receiver.attempts.length,
    });
  });

  it('lists the newest first, of both queues or of one', async () => {
    const application = await failApplication();
    const { id } = await parkEvent();
    expect((await listFailed()).map((job) => job.id)).toEqual([id, application]);
    expect((await listFailed('applications')).map((job) => job.id)).toEqual([application]);
  });

  it('shows at most --limit jobs and says that more exist', async () => {
    const ids = [await failApplication(), await failApplication()];
    const { stdout, stderr } = await conv(['queue', 'failed', '--limit', '1', '-o', 'ids'], {
      stdoutIsTerminal: true,
    });
    expect([stdout, stderr]).toEqual([`${ids[1] ?? ''}\n`, containing('1 shown, more exist')]);
  });

  it('refuses an unknown queue', async () => {
    expect(await conv(['queue', 'failed', 'other'])).toMatchObject({ code: 2, stderr: containing('push') });
  });
});

describe('conv queue retry', () => {
  it('processes a failed application again', async () => {
    const id = await failApplication();
    expect(await conv(['queue', 'retry', id])).toMatchObject({ code: 0, stderr: 'retried 1 failed job\n' });
    await drainQueue(stores, queue);
    expect((await stores.database.applications.findByPk(id))?.status).toBe('ACCEPTED');
  });

  it('pushes a parked event again', async () => {
    const event = await parkEvent();
    expect(await conv(['queue', 'retry', event.id])).toMatchObject({ code: 0 });
    await eventually(() => receiver.accepted().length === 1);
    expect(receiver.accepted()).toEqual([event]);
  });

  it('says that a retried event waits while pushing is paused', async () => {
    const { id } = await parkEvent();
    await queue.push.queue.pause('the receiver moves');
    const { stderr } = await conv(['queue', 'retry', id]);
    expect(stderr).toMatch(
      /the push queue is paused since .*: the receiver moves; run `conv queue resume push`/,
    );
  });

  it('retries the failed jobs of both queues with --all', async () => {
    await failApplication();
    await parkEvent();
    const { code, stderr } = await conv(['queue', 'retry', '--all', '--yes']);
    expect([code, stderr]).toEqual([0, 'retried 2 failed jobs\n']);
  });

  it('leaves dismissed applications out of --all', async () => {
    const [dismissed, id] = [await failApplication(), await failApplication()];
    await dismissApplication(stores.database, dismissed, 'ada');
    expect((await conv(['queue', 'retry', '--all', '-o', 'ids'])).stdout).toBe(`${id}\n`);
  });

  it('retries the failed jobs of one queue with --queue', async () => {
    const application = await failApplication();
    await parkEvent();
    const rows = parseCells((await conv(['queue', 'retry', '--all', '--queue', 'applications'])).stdout);
    expect(rows.map(([id]) => id)).toEqual([application]);
  });

  it('refuses several jobs without --yes and without a terminal', async () => {
    await failApplication();
    await failApplication();
    const { code, stderr } = await conv(['queue', 'retry', '--all']);
    expect([code, stderr]).toEqual([2, containing('refusing to retry 2 failed jobs')]);
    expect(await listFailed()).toHaveLength(2);
  });

  it('lists the jobs and changes nothing with --dry-run', async () => {
    const id = await failApplication();
    const { stdout, stderr } = await conv(['queue', 'retry', '--all', '--dry-run', '-o', 'ids']);
    expect([stdout, stderr]).toEqual([`${id}\n`, containing('would retry 1 failed job')]);
    expect(await listFailed()).toHaveLength(1);
  });

  it('retries the others and exits 1 if an id has no failed job', async () => {
    const id = await failApplication();
    const { code, stdout, stderr } = await conv(['queue', 'retry', id, 'unknown', '-o', 'ids']);
    expect([code, stdout]).toEqual([1, `${id}\n`]);
    expect(stderr).toContain('"unknown" has no failed job: see `conv queue failed`');
  });

  it.each([[[]], [['--all', 'an-id']]])('exits 2 for the selection %j', async (args) => {
    expect((await conv(['queue', 'retry', ...args])).code).toBe(2);
  });
});

it('says that no jobs failed', async () => {
  expect(await conv(['queue', 'failed'])).toMatchObject({ code: 0, stderr: 'no failed jobs found\n' });
  expect(successOutput({ ...(await conv(['queue', 'failed', '-o', 'json'])), stderr: '' })).toBe('[]\n');
});
