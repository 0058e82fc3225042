import { createCli, parseCells, splitLines, successOutput } from '../support/cli';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

let id: string;
beforeAll(async () => {
  id = await createConversation(stores, 'CREATED', { id: 'a-1', candidate_id: 'c-1', job_id: 'j-1' });
});

const LISTS = [
  ['list', 'id,application_id,candidate_id,job_id,status,created_at,updated_at'],
  ['apps list', 'id,job_id,candidate_id,status,reason,conversation_id,received_at,processed_at'],
  ['events', 'id,type,created_at,data'],
  ['events deliveries', 'id,type,application_id,status,attempts,last_error,first_attempt_at,delivered_at'],
  ['token list', 'id,name,scopes,sender,created_at,expires_at,revoked_at'],
] as const;

describe('csv', () => {
  it.each(LISTS)(
    'of conv %s begins with the fields of the API, also if it is empty',
    async (command, fields) => {
      const filter = { list: ['--job', 'none'], 'apps list': ['--job', 'none'] }[command as string] ?? [];
      const { code, stdout } = await conv([...command.split(' '), '-o', 'csv', ...filter]);
      expect([code, splitLines(stdout)[0]]).toEqual([0, fields]);
    },
  );

  it('of one conversation has its candidate, application and events as JSON', async () => {
    const stdout = successOutput(await conv(['show', id, '-o', 'csv']));
    expect(stdout).not.toContain('[object Object]');
    expect(splitLines(stdout)[0]).toBe(`${LISTS[0][1]},candidate,application,events`);
    expect(stdout).toContain('""type"":""conversation.created""');
  });
});

describe('--columns', () => {
  it('chooses the columns of a table, in its order', async () => {
    const stdout = successOutput(await conv(['list', '--columns', 'job_id,ID']));
    expect(parseCells(stdout)).toEqual([['j-1', id]]);
  });

  it('chooses the columns of csv', async () => {
    const stdout = successOutput(await conv(['apps', 'list', '-o', 'csv', '--columns', 'status,id']));
    expect(splitLines(stdout)).toEqual(['status,id', 'ACCEPTED,a-1']);
  });

  it('of conv events knows the subject of an event', async () => {
    const stdout = successOutput(await conv(['events', '-o', 'csv', '--columns', 'type,subject']));
    expect(splitLines(stdout)).toEqual(['type,subject', `conversation.created,${id}`]);
  });

  it.each(LISTS)('of conv %s names the known columns if one is unknown', async (command, fields) => {
    const { code, stdout, stderr } = await conv([...command.split(' '), '--columns', 'id,size']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("'id,size' is invalid");
    for (const field of fields.split(',')) expect(stderr).toContain(field);
  });

  it('is refused for a format without columns', async () => {
    const { code, stderr } = await conv(['list', '--columns', 'id', '-o', 'json']);
    expect([code, stderr]).toEqual([
      2,
      'conv: --columns cannot be combined with -o json: use -o table or -o csv\n',
    ]);
  });
});
