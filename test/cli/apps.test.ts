import type { ApplicationView } from '../../src/lib/domain';
import { parseCells, parseJson, runInProcess, splitLines, successOutput } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, processEvent, createFailed, createRejected } from '../support/applications';
import { applicationEvent } from '../support/factories';
import { having, ISO_TIME, like } from '../support/matchers';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';
import { enqueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

/** Looks like a flag and breaks out of an SQL string. */
const ODD_ID = "--status=\\' OR 1=1 --";

onStoresOrHttp(stores, queue, (conv) => {
  describe('conv apps show', () => {
    it('shows the outcome in the fields of the API', async () => {
      const event = await createRejected(stores);
      expect(parseJson(await conv(['apps', 'show', event.id, '-o', 'json']))).toStrictEqual({
        id: event.id,
        job_id: event.job_id,
        candidate_id: event.candidate_id,
        status: 'REJECTED',
        reason: 'ACTIVE_CONVERSATION',
        conversation_id: null,
        received_at: ISO_TIME,
        processed_at: ISO_TIME,
      });
    });

    it('shows an application that waits in the queue', async () => {
      const event = applicationEvent();
      await enqueue(queue, event);
      expect(parseJson(await conv(['apps', 'show', event.id, '-o', 'json']))).toMatchObject({
        status: 'QUEUED',
      });
    });

    it('prints one field per line when piped', async () => {
      const event = applicationEvent();
      const id = await createConversation(stores, 'CREATED', event);
      const lines = splitLines(successOutput(await conv(['apps', 'show', event.id])));
      expect(lines).toEqual(
        expect.arrayContaining([`id\t${event.id}`, 'status\tACCEPTED', `conversation_id\t${id}`]),
      );
    });

    it('exits 1 for an unknown id and names it', async () => {
      const { code, stdout, stderr } = await conv(['apps', 'show', 'unknown']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^conv: .*"unknown".*\n$/);
    });

    it('accepts an odd id after --', async () => {
      await processEvent(stores, { id: ODD_ID });
      expect(parseJson(await conv(['apps', 'show', '-o', 'json', '--', ODD_ID]))).toMatchObject({
        id: ODD_ID,
        status: 'ACCEPTED',
      });
    });
  });

  describe('conv apps list', () => {
    let rejectedId: string;
    let failedId: string;
    beforeAll(async () => {
      await clearTables(stores);
      rejectedId = (await createRejected(stores)).id;
      failedId = (await createFailed(stores, 'it broke')).id;
    });

    const ids = async (...args: string[]) =>
      splitLines(successOutput(await conv(['apps', 'list', '-o', 'ids', ...args])));

    it('separates fields by tabs when piped', async () => {
      const [row] = parseCells(successOutput(await conv(['apps', 'list', '--status', 'FAILED'])));
      expect(row?.slice(0, 3)).toEqual([failedId, 'FAILED', 'it broke']);
      expect(row).toHaveLength(7);
    });

    it.each([
      [['--status', 'FAILED'], () => [failedId]],
      [['--status', 'rejected,failed'], () => [failedId, rejectedId]],
      [['--status', 'FAILED,FAILED', '--status', 'failed'], () => [failedId]],
      [['--status', 'DEFERRED,REJECTED'], () => [rejectedId]],
      [['--reason', 'ACTIVE_CONVERSATION'], () => [rejectedId]],
      [['--status', 'FAILED', '--since', '1h'], () => [failedId]],
      [['--status', 'REJECTED', '--until', '2999-01-01'], () => [rejectedId]],
      [['--status', 'FAILED,REJECTED', '--limit', '1'], () => [failedId]],
    ])('filters by %j', async (args, expected) => {
      expect(await ids(...args)).toEqual(expected());
    });

    it('accepts odd ids as filters', async () => {
      await processEvent(stores, { candidate_id: ODD_ID, job_id: ODD_ID });
      const rows = parseJson<ApplicationView[]>(
        await conv(['apps', 'list', '-o', 'json', `--candidate=${ODD_ID}`, `--job=${ODD_ID}`]),
      );
      expect(rows).toEqual([having({ candidate_id: ODD_ID, job_id: ODD_ID })]);
    });

    it('says that no application matches the filter, and names it', async () => {
      const { code, stdout, stderr } = await conv(['apps', 'list', '--candidate', 'unknown']);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toBe(
        'no processed applications match --candidate unknown: list all with `conv apps list`\n',
      );
    });

    it.each([
      [['--status', 'QUEUED'], /ACCEPTED, REJECTED, DEFERRED or FAILED/],
      [['--reason', 'LUCK'], /ACTIVE_CONVERSATION or DUPLICATE_APPLICATION/],
      [['extra'], /too many arguments/],
      [['--limit', '5', '--all'], /'--all' cannot be used with option '--limit <n>'/],
    ])('exits 2 for %j', async (args, message) => {
      const { code, stdout, stderr } = await conv(['apps', 'list', ...args]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    });
  });
});

describe('conv apps show while Redis is unavailable', () => {
  const withoutRedis = (id: string) =>
    runInProcess(['apps', 'show', id, '-o', 'ids'], {
      DATABASE_URL: stores.url,
      REDIS_URL: 'redis://127.0.0.1:1',
    });

  it('shows an accepted application from PostgreSQL', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    expect(successOutput(await withoutRedis(event.id))).toBe(`${event.id}\n`);
  });

  it('shows any other outcome from PostgreSQL, and says that a replay may be replacing it', async () => {
    const { id } = await createRejected(stores);
    expect(await withoutRedis(id)).toEqual({
      code: 0,
      stdout: `${id}\n`,
      stderr: like(/^cannot reach Redis at 127\.0\.0\.1:1: .*a replay may be replacing\n$/),
    });
  });

  it('exits 3 for an application that may wait in the queue', async () => {
    expect((await withoutRedis('unknown')).code).toBe(3);
  });
});
