import type { ApplicationView } from '../../src/lib/domain';
import { cells, convOn, dataOf, jsonOf } from '../support/cli';
import { clear, useDatabase } from '../support/database';
import { conversation, decided, failed, rejected } from '../support/decided';
import { applicationEvent } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { having, ISO_TIME } from '../support/like';
import { useQueue } from '../support/queue';
import { post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const conv = convOn(stores, queue);

/** What a shell, a parser of flags or SQL might stumble over; conv replay is tried with every kind at once. */
const TRAPS = ODD_IDS.filter(([kind]) =>
  [
    'a negative number',
    'like a flag',
    'a backslash before a quote',
    'SQL placeholders',
    'a comma',
    '255 emojis',
  ].includes(kind),
);

describe('conv apps show', () => {
  it('tells what became of a decided one, in the fields of the API', async () => {
    const event = await rejected(stores);
    expect(jsonOf(await conv(['apps', 'show', event.id, '-o', 'json']))).toStrictEqual({
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

  it('tells of one that waits in the queue', async () => {
    const event = applicationEvent();
    await post(web, event);
    expect(jsonOf(await conv(['apps', 'show', event.id, '-o', 'json']))).toMatchObject({ status: 'QUEUED' });
  });

  it('prints a field a line where it is piped', async () => {
    const event = applicationEvent();
    const id = await conversation(stores, 'CREATED', event);
    const lines = dataOf(await conv(['apps', 'show', event.id])).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([`id\t${event.id}`, 'status\tACCEPTED', `conversation_id\t${id}`]),
    );
  });

  it('exits 1 for what nobody sent', async () => {
    expect(await conv(['apps', 'show', 'nobody'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'conv: there is no application "nobody"\n',
    });
  });

  it.each(TRAPS)('takes an id of %s as an argument', async (_, id) => {
    await decided(stores, { id });
    expect(jsonOf(await conv(['apps', 'show', '-o', 'json', '--', id]))).toMatchObject({
      id,
      status: 'ACCEPTED',
    });
  });
});

describe('conv apps list', () => {
  let rejectedId: string;
  let failedId: string;
  beforeAll(async () => {
    await clear(stores);
    rejectedId = (await rejected(stores)).id;
    failedId = (await failed(stores, 'it broke')).id;
  });

  const ids = async (...args: string[]) =>
    dataOf(await conv(['apps', 'list', '-o', 'ids', ...args]))
      .trim()
      .split('\n');

  it('separates fields by tabs where it is piped', async () => {
    const [row] = cells(dataOf(await conv(['apps', 'list', '--status', 'FAILED'])));
    expect(row?.slice(0, 3)).toEqual([failedId, 'FAILED', 'it broke']);
    expect(row).toHaveLength(7);
  });

  it.each([
    [['--status', 'FAILED'], () => [failedId]],
    [['--status', 'rejected,failed'], () => [failedId, rejectedId]],
    [['--reason', 'ACTIVE_CONVERSATION'], () => [rejectedId]],
    [['--status', 'FAILED', '--since', '1h'], () => [failedId]],
    [['--status', 'REJECTED', '--until', '2999-01-01'], () => [rejectedId]],
    [['--status', 'FAILED,REJECTED', '--limit', '1'], () => [failedId]],
  ])('filters: %j', async (args, expected) => {
    expect(await ids(...args)).toEqual(expected());
  });

  it.each(TRAPS)('takes %s as a filter', async (_, odd) => {
    await decided(stores, { candidate_id: odd, job_id: odd });
    const rows = jsonOf<ApplicationView[]>(
      await conv(['apps', 'list', '-o', 'json', `--candidate=${odd}`, `--job=${odd}`]),
    );
    expect(rows).toEqual([having({ candidate_id: odd, job_id: odd })]);
  });

  it('says that there is nothing, and what to do next', async () => {
    const { code, stdout, stderr } = await conv(['apps', 'list', '--candidate', 'nobody']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/no decided applications.*`conv \w+/);
  });

  it.each([['--status', 'QUEUED'], ['--reason', 'LUCK'], ['--since', 'x'], ['-o', 'xml'], ['more']])(
    'exits 2 for %s %s',
    async (...args) => {
      expect((await conv(['apps', 'list', ...args])).code).toBe(2);
    },
  );
});
