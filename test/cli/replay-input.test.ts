import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordFailure } from '../../src/applications/record-failure';
import { eraseCandidate } from '../../src/candidates/erase';
import { createFailed, createRejected } from '../support/applications';
import { splitLines } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { refuseCandidate } from '../support/database-faults';
import { applicationEvent, jobData } from '../support/factories';
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

  describe('erased applications', () => {
    it('are neither counted nor replayed, and named once', async () => {
      const [failed, erased] = [await createFailed(stores), await createFailed(stores)];
      await eraseCandidate(stores.database, queue.applications, erased.candidate_id);
      const skipped = `skipped 1 (personal data was erased or removed): ${erased.id}\n`;
      const preview = await replay('--status', 'FAILED', '--dry-run', '-o', 'ids');
      expect(preview.stdout).toBe(`${failed.id}\n`);
      expect(preview.stderr).toBe(`${skipped}dry run: would replay 1 application; nothing was changed\n`);
      const { stderr } = await replay('--status', 'FAILED', '--yes');
      expect(stderr).toBe(`${skipped}replayed 1 application\n`);
      expect(await waitingIds(queue)).toEqual([failed.id]);
    });
  });

  it('does nothing for applications that wait in the queue already', async () => {
    const { id } = await createFailed(stores);
    await replay('--status', 'FAILED', '--yes');
    const { code, stderr } = await replay('--status', 'FAILED', '--yes');
    expect(code).toBe(0);
    expect(stderr).toBe(
      `skipped 1 (in the queue already): ${id}\nnothing to replay: list applications with \`conv apps list\`\n`,
    );
  });

  describe('an input', () => {
    it('of ids is read from standard input', async () => {
      const events = [await createFailed(stores), await createFailed(stores)];
      const input = events.map(({ id }) => `${id}\n`).join('');
      const { code, stderr } = await conv(['replay', '-', '--yes'], { input });
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'replayed 2 applications\n' });
      expect(await waitingIds(queue)).toEqual(sortedIds(...events));
    });

    it('of events is read from a file; a bad line is named and does not stop the others', async () => {
      const events = [await createFailed(stores), await createFailed(stores)];
      const [first, second] = events.map((event) => JSON.stringify(event));
      const file = join(mkdtempSync(join(tmpdir(), 'conv-replay-')), 'events.ndjson');
      writeFileSync(file, [first, '', 'broken', '{"id":7}', second].join('\n'));
      const { code, stderr } = await replay('--file', file, '--yes');
      expect(code).toBe(1);
      expect(stderr).toBe(
        'conv: line 3: no JSON object with an id\nconv: line 4: no JSON object with an id\nreplayed 2 applications\n',
      );
      expect(await waitingIds(queue)).toEqual(sortedIds(...events));
    });

    it('of events gets the name of its sender', async () => {
      const { id, ...event } = applicationEvent();
      await recordFailure(stores.database, jobData({ ...event, id: `lever:${id}` }), 'it broke');
      const file = join(mkdtempSync(join(tmpdir(), 'conv-replay-')), 'events.ndjson');
      writeFileSync(file, JSON.stringify({ ...event, id }));
      const { stderr } = await replay('--file', file, '--sender', 'lever', '--yes');
      expect(stderr).toBe('replayed 1 application\n');
      expect(await waitingIds(queue)).toEqual([`lever:${id}`]);
    });

    it.each([
      [['a', '--sender', 'lever'], /^conv: --sender names who sent the events of a file: pass --file$/],
      [
        ['--file', 'f', '--sender', 'Lever'],
        /^conv: invalid --sender: a name has 1 to 32 lower-case letters/,
      ],
    ])('with wrong flags exits 2: %j', async (args, message) => {
      const { code, stderr } = await replay(...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(message.source, 'm'));
    });

    it('is not replayed without --yes and without a terminal', async () => {
      const { code, stderr } = await conv(['replay', '-'], { input: 'a\n' });
      expect(code).toBe(2);
      expect(stderr).toMatch(/refusing to replay the applications in standard input.*--yes/);
    });
  });

  describe('--wait', () => {
    it('prints each outcome, and counts at the end', async () => {
      const [failed, rejected] = [await createFailed(stores), await createRejected(stores)];
      const stop = await runWorker(stores, queue);
      const result = await replay('--status', 'FAILED,REJECTED', '--yes', '--wait', '-o', 'ids');
      await stop();
      expect(splitLines(result.stdout).sort()).toEqual(sortedIds(failed, rejected));
      expect([result.code, result.stderr]).toEqual([
        0,
        'replayed 2 applications: 1 ACCEPTED, 1 REJECTED ACTIVE_CONVERSATION\n',
      ]);
    });

    it('exits 1 if an application fails again', async () => {
      const failed = await createFailed(stores);
      const removeFault = await refuseCandidate(stores.database.sequelize, failed.candidate_id, {
        sqlState: '23514',
      });
      const stop = await runWorker(stores, queue);
      const { code, stderr } = await replay(failed.id, '--wait');
      await stop();
      await removeFault();
      expect([code, stderr]).toEqual([1, 'replayed 1 application: 1 FAILED\n']);
    });
  });
});
