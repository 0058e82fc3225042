import type { Erasure } from '../../src/candidates/erase';
import { cells, convOn, dataOf, jsonOf } from '../support/cli';
import { clear, useDatabase } from '../support/database';
import { conversation, decided } from '../support/decided';
import { ISO_TIME } from '../support/like';
import { markedPerson, NO_TRACE, tracesOf, type Marked } from '../support/marked';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/work-off';

const stores = useDatabase();
const queue = useQueue();
const conv = convOn(stores, queue);
const erase = (...args: string[]) => conv(['candidate', 'erase', ...args]);
const traces = (person: Marked) => tracesOf(person, stores, queue);

/** Somebody with a record, two applications (one REJECTED) and a job in the queue; their candidate id. */
async function known(person: Marked): Promise<string> {
  const { candidate_id } = person.event();
  await decided(stores, person.event());
  await decided(stores, person.event());
  await enqueue(queue, person.event());
  return candidate_id;
}

beforeEach(async () => {
  await clear(stores);
  await queue.queue.queue.obliterate({ force: true });
});

it('erases with --yes, says what, and names the conversation that goes on', async () => {
  const person = markedPerson();
  const id = await known(person);
  const { code, stdout, stderr } = await erase(id, '--yes', '-o', 'json');
  const report = JSON.parse(stdout) as Erasure;
  expect(report).toStrictEqual({
    id,
    erased_at: ISO_TIME,
    candidates: 1,
    applications: 2,
    deferred: 0,
    jobs: 1,
    active_conversation: report.active_conversation,
  });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `${id} has an active conversation, ${report.active_conversation ?? ''}: \`conv move\` ends it\n`,
  });
  expect(await traces(person)).toEqual(NO_TRACE);
});

it('refuses without --yes and without a terminal: exit 2, the numbers are said, nothing is changed', async () => {
  const person = markedPerson();
  const { code, stdout, stderr } = await erase(await known(person));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/erase .* 1 candidate record, 2 applications, 1 job: say --yes/);
  expect((await traces(person)).database).toHaveLength(4);
  expect((await traces(person)).queue).toHaveLength(4);
});

it('prints with --dry-run exactly what would go, also with --yes, and does nothing', async () => {
  const person = markedPerson();
  const id = await known(person);
  const { code, stdout, stderr } = await erase(id, '--dry-run', '--yes', '-o', 'json');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^would erase .*; nothing was done\n$/);
  const planned = JSON.parse(stdout) as Erasure;
  expect(planned.erased_at).toBeNull();
  expect((await traces(person)).queue).toHaveLength(4);
  const done = JSON.parse((await erase(id, '--yes', '-o', 'json')).stdout) as Erasure;
  expect({ ...done, erased_at: null }).toEqual(planned);
});

it('does nothing the second time, without asking', async () => {
  const id = await known(markedPerson());
  await erase(id, '--yes');
  const { code, stdout } = await erase(id, '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ candidates: 0, applications: 0, jobs: 0 });
});

it.each(['unknown', '-x', ' '])('exits 1 for a candidate that there is not: %j', async (id) => {
  const { code, stdout, stderr } = await erase('--yes', '--', id);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr: `conv: there is no candidate ${JSON.stringify(id)}\n`,
  });
});

it('exits 2 without an id', async () => {
  expect((await erase()).code).toBe(2);
});

it('prints a line for each field where it is piped, and the id with -o ids', async () => {
  const person = markedPerson();
  const id = await known(person);
  expect(dataOf({ ...(await erase(id, '--yes', '-o', 'ids')), stderr: '' })).toBe(`${id}\n`);
  const lines = cells((await erase(id)).stdout);
  expect(lines.slice(0, 3)).toEqual([
    ['id', id],
    ['erased_at', ISO_TIME],
    ['candidates', '0'],
  ]);
});

describe('afterwards', () => {
  it('conv show says that the data was erased, and when', async () => {
    const person = markedPerson();
    const id = await conversation(stores, 'ONGOING', person.event());
    await erase(person.event().candidate_id, '--yes');
    expect(dataOf(await conv(['show', id]))).toMatch(/personal data erased at \d{4}-.*Z\n/);
    expect(jsonOf(await conv(['show', id, '-o', 'json']))).toMatchObject({ candidate: { first_name: null } });
  });

  it('conv replay refuses one by its id, and leaves it out of many with a word', async () => {
    const person = markedPerson();
    const id = await known(person);
    await erase(id, '--yes');
    const { code, stdout, stderr } = await conv(['replay', '--status', 'REJECTED', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/cannot be sent again: the candidate's personal data was erased: left as it is/);
  });

  it('lists and counts as before', async () => {
    const id = await known(markedPerson());
    const list = () => conv(['apps', 'list', '--candidate', id]);
    const before = dataOf(await list());
    await erase(id, '--yes');
    expect(dataOf(await list())).toBe(before);
  });
});
