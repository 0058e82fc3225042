import type { ApplicationEvent, ApplicationView } from '../../src/lib/domain';
import { recordFailure } from '../../src/applications/record-failure';
import { cells, convOn } from '../support/cli';
import { clear, useDatabase } from '../support/database';
import { conversation, failed, rejected } from '../support/decided';
import { eventually } from '../support/eventually';
import { applicationEvent, delivery } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { ISO_TIME } from '../support/like';
import {} from '../support/like';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const conv = convOn(stores, queue);
const replay = (...args: string[]) => conv(['replay', ...args]);

async function waiting(): Promise<string[]> {
  const jobs = await queue.queue.queue.getJobs('waiting');
  return jobs.map(({ data }) => data.event.id).sort();
}

const sorted = (...events: ApplicationEvent[]) => events.map(({ id }) => id).sort();

beforeEach(async () => {
  await clear(stores);
  await queue.queue.queue.obliterate({ force: true });
});

it('sends one application by its id, without asking, and says so', async () => {
  const event = await failed(stores);
  const { code, stdout, stderr } = await replay(event.id);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'replayed 1\n' });
  expect(cells(stdout)).toEqual([[event.id, 'QUEUED', '', event.candidate_id, event.job_id, ISO_TIME]]);
  expect(await waiting()).toEqual([event.id]);
});

it('has it decided anew', async () => {
  const event = await failed(stores);
  await replay(event.id);
  const stop = await runWorker(stores, queue);
  await eventually(
    async () => (await stores.database.applications.findByPk(event.id))?.status === 'ACCEPTED',
  );
  await stop();
});

it('takes ids of every kind as arguments', async () => {
  const ids = ODD_IDS.map(([, id]) => id);
  for (const id of ids) await recordFailure(stores.database, delivery(applicationEvent({ id })), 'broke');
  const { code, stdout } = await replay('--yes', '-o', 'json', '--', ...ids);
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as ApplicationView[]).map(({ id }) => id)).toEqual(ids);
  expect(await waiting()).toEqual([...ids].sort());
});

it('takes an id that looks like a flag after --, and not before', async () => {
  await recordFailure(stores.database, delivery(applicationEvent({ id: '-x' })), 'broke');
  expect((await replay('-x')).code).toBe(2);
  expect((await replay('--', '-x')).code).toBe(0);
  expect(await waiting()).toEqual(['-x']);
});

describe('several', () => {
  it('are refused without --yes and without a terminal: exit 2, the number is said, nothing is changed', async () => {
    const events = [await failed(stores), await failed(stores)];
    for (const args of [sorted(...events), ['--status', 'FAILED'], ['--since', '1h']]) {
      const { code, stdout, stderr } = await replay(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/replay 2 applications.*--yes/);
    }
    expect(await waiting()).toEqual([]);
  });

  it('are sent with --yes', async () => {
    const events = [await failed(stores), await failed(stores)];
    const { code, stdout, stderr } = await replay('--status', 'FAILED', '--yes', '-o', 'ids');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'replayed 2\n' });
    expect(stdout.trim().split('\n').sort()).toEqual(sorted(...events));
    expect(await waiting()).toEqual(sorted(...events));
  });

  it('named twice are sent once', async () => {
    const event = await failed(stores);
    expect((await replay(event.id, event.id)).stderr).toBe('replayed 1\n');
  });
});

describe('--dry-run', () => {
  it('prints exactly what would be sent, and sends nothing', async () => {
    const [one, other] = [await failed(stores), await rejected(stores)];
    const { code, stdout, stderr } = await replay('--status', 'FAILED,REJECTED', '--dry-run', '-o', 'ids');
    expect(code).toBe(0);
    expect(stderr).toMatch(/would replay 2 applications; nothing was sent/);
    expect(stdout.trim().split('\n').sort()).toEqual(sorted(one, other));
    expect(await waiting()).toEqual([]);
  });

  it('wins over --yes', async () => {
    await failed(stores);
    await replay('--status', 'FAILED', '--dry-run', '--yes');
    expect(await waiting()).toEqual([]);
  });

  it('shows them as they are now', async () => {
    const event = await rejected(stores);
    const { stdout } = await replay(event.id, '--dry-run', '-o', 'json');
    expect(JSON.parse(stdout) as ApplicationView[]).toMatchObject([{ id: event.id, status: 'REJECTED' }]);
  });
});

describe('filters', () => {
  it.each([
    [['--status', 'FAILED'], ['failed']],
    [['--status', 'rejected'], ['rejected']],
    [['--reason', 'ACTIVE_CONVERSATION'], ['rejected']],
    [['--reason', 'DUPLICATE_APPLICATION'], []],
    [
      ['--since', '1h'],
      ['failed', 'rejected'],
    ],
    [['--until', '1h'], []],
    [['--status', 'FAILED', '--since', '2999-01-01'], []],
  ])('%j', async (args, expected) => {
    const events: Record<string, string> = {
      failed: (await failed(stores)).id,
      rejected: (await rejected(stores)).id,
    };
    const { code, stdout } = await replay(...args, '--dry-run', '-o', 'ids');
    expect(code).toBe(0);
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual(expected.map((name) => events[name]).sort());
  });

  it('that find nothing say so and exit 0', async () => {
    const { code, stdout, stderr } = await replay('--status', 'FAILED', '--yes');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('nothing to replay');
  });

  it('never choose what is ACCEPTED', async () => {
    await conversation(stores);
    expect((await replay('--since', '1h', '--yes')).stdout).toBe('');
    expect(await waiting()).toEqual([]);
  });
});

it('leaves an ACCEPTED one as it is and says which conversation it has', async () => {
  const event = applicationEvent();
  const id = await conversation(stores, 'CREATED', event);
  const { stdout, stderr } = await replay(event.id);
  expect(stdout).toBe('');
  expect(stderr).toContain(`${event.id} is ACCEPTED (conversation ${id}): left as it is`);
  expect(await waiting()).toEqual([]);
});

it('exits 1 for an id that nobody sent, and still sends the others', async () => {
  const event = await failed(stores);
  const { code, stderr } = await replay('nobody', event.id);
  expect(code).toBe(1);
  expect(stderr).toContain('there is no application "nobody"');
  expect(await waiting()).toEqual([event.id]);
});

it.each([
  [[]],
  [['--yes']],
  [['an-id', '--status', 'FAILED']],
  [['--status', 'ACCEPTED']],
  [['--status', 'FAILED', '--reason', 'ACTIVE_CONVERSATION']],
  [['--reason', 'LUCK']],
  [['--since', 'x']],
])('exits 2 for %j, and changes nothing', async (args) => {
  await failed(stores);
  const { code, stdout } = await replay(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(await waiting()).toEqual([]);
});
