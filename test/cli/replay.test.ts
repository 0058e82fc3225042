import type { ApplicationView } from '../../src/lib/domain';
import { recordFailure } from '../../src/applications/record-failure';
import { parseCells, splitLines } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, createFailed, createRejected } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { ISO_TIME } from '../support/matchers';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';
import { sortedIds, waitingIds } from '../support/queue-jobs';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();

onStoresOrHttp(stores, queue, (conv) => {
  const replay = (...args: string[]) => conv(['replay', ...args]);

  beforeEach(async () => {
    await clearTables(stores);
    await queue.applications.queue.obliterate({ force: true });
  });

  it('replays one application without asking', async () => {
    const event = await createFailed(stores);
    const { code, stdout, stderr } = await replay(event.id);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'replayed 1 application\n' });
    expect(parseCells(stdout)).toEqual([
      [event.id, 'QUEUED', '', event.candidate_id, event.job_id, ISO_TIME],
    ]);
    expect(await waitingIds(queue)).toEqual([event.id]);
  });

  it('lets a worker process the application again', async () => {
    const event = await createFailed(stores);
    await replay(event.id);
    const stop = await runWorker(stores, queue);
    await eventually(
      async () => (await stores.database.applications.findByPk(event.id))?.status === 'ACCEPTED',
    );
    await stop();
  });

  it('accepts odd ids as arguments', async () => {
    const ids = ODD_IDS.map(([, id]) => id);
    for (const id of ids) await recordFailure(stores.database, jobData(applicationEvent({ id })), 'broke');
    const { code, stdout } = await replay('--yes', '-o', 'json', '--', ...ids);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as ApplicationView[]).map(({ id }) => id)).toEqual(ids);
    expect(await waitingIds(queue)).toEqual([...ids].sort());
  });

  it('accepts an id that looks like a flag only after --', async () => {
    await recordFailure(stores.database, jobData(applicationEvent({ id: '-x' })), 'broke');
    expect((await replay('-x')).code).toBe(2);
    expect((await replay('--', '-x')).code).toBe(0);
    expect(await waitingIds(queue)).toEqual(['-x']);
  });

  describe('several applications', () => {
    it.each([['ids'], ['--status', 'FAILED'], ['--since', '1h']])(
      'are not replayed without --yes and without a terminal (%s)',
      async (...args) => {
        const events = [await createFailed(stores), await createFailed(stores)];
        const { code, stdout, stderr } = await replay(...(args[0] === 'ids' ? sortedIds(...events) : args));
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toMatch(/refusing to replay 2 applications.*--yes/);
        expect(await waitingIds(queue)).toEqual([]);
      },
    );

    it('are replayed with --yes', async () => {
      const events = [await createFailed(stores), await createFailed(stores)];
      const { code, stdout, stderr } = await replay('--status', 'FAILED', '--yes', '-o', 'ids');
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'replayed 2 applications\n' });
      expect(splitLines(stdout).sort()).toEqual(sortedIds(...events));
      expect(await waitingIds(queue)).toEqual(sortedIds(...events));
    });

    it('are replayed if the operator answers yes, and not if the answer is no', async () => {
      const events = [await createFailed(stores), await createFailed(stores)];
      const args = ['replay', '--status', 'FAILED'];
      expect((await conv(args, { canPrompt: true, input: 'n\n' })).code).toBe(1);
      expect(await waitingIds(queue)).toEqual([]);
      expect((await conv(args, { canPrompt: true, input: 'y\n' })).code).toBe(0);
      expect(await waitingIds(queue)).toEqual(sortedIds(...events));
    });
  });

  it.each(['id', 'status'])('replays an application once if its %s is given twice', async (what) => {
    const { id } = await createFailed(stores);
    const { code, stderr } = await replay(...(what === 'id' ? [id, id] : ['--status', 'FAILED,FAILED']));
    expect([code, stderr]).toEqual([0, 'replayed 1 application\n']);
  });

  describe('--dry-run', () => {
    it('prints exactly what would be replayed, and replays nothing even with --yes', async () => {
      const events = [await createFailed(stores), await createRejected(stores)];
      const { code, stdout, stderr } = await replay(
        '--status',
        'FAILED,REJECTED',
        '--dry-run',
        '--yes',
        '-o',
        'ids',
      );
      expect(code).toBe(0);
      expect(stderr).toBe('dry run: would replay 2 applications; nothing was changed\n');
      expect(splitLines(stdout).sort()).toEqual(sortedIds(...events));
      expect(await waitingIds(queue)).toEqual([]);
    });

    it('prints the present status', async () => {
      const event = await createRejected(stores);
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
        failed: (await createFailed(stores)).id,
        rejected: (await createRejected(stores)).id,
      };
      const { code, stdout } = await replay(...args, '--dry-run', '-o', 'ids');
      expect(code).toBe(0);
      expect(splitLines(stdout).sort()).toEqual(expected.map((name) => events[name]).sort());
    });

    it('exits 0 with a notice if they match nothing', async () => {
      const { code, stdout, stderr } = await replay('--status', 'FAILED', '--yes');
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('nothing to replay');
    });

    it('never match an ACCEPTED application', async () => {
      await createConversation(stores);
      expect((await replay('--since', '1h', '--yes')).stdout).toBe('');
      expect(await waitingIds(queue)).toEqual([]);
    });
  });

  it('skips an ACCEPTED application and names its conversation', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    const { stdout, stderr } = await replay(event.id);
    expect(stdout).toBe('');
    expect(stderr).toContain(`skipped ${event.id}: it is ACCEPTED (conversation ${id})`);
    expect(await waitingIds(queue)).toEqual([]);
  });

  it('exits 1 for an unknown id, and still replays the others', async () => {
    const event = await createFailed(stores);
    const { code, stderr } = await replay('unknown', event.id);
    expect(code).toBe(1);
    expect(stderr).toContain('application "unknown" does not exist');
    expect(await waitingIds(queue)).toEqual([event.id]);
  });

  it.each([
    [[], /nothing selected/],
    [['--rate', '5'], /Expected a rate such as 100\/s/],
    [['--error', 'busy', '--status', 'REJECTED'], /select FAILED applications only/],
    [['--yes'], /nothing selected/],
    [['an-id', '--status', 'FAILED'], /not several of them/],
    [['--status', 'ACCEPTED'], /Expected FAILED, REJECTED or DEFERRED/],
    [['--status', 'FAILED', '--reason', 'ACTIVE_CONVERSATION'], /--reason selects rejected and deferred/],
  ])('exits 2 for %j, and changes nothing', async (args, message) => {
    await createFailed(stores);
    const { code, stdout, stderr } = await replay(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await waitingIds(queue)).toEqual([]);
  });
});
