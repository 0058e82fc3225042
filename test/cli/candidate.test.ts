import type { Erasure } from '../../src/candidates/erase';
import { createCli, parseCells, parseJson, successOutput } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, processEvent } from '../support/applications';
import { ISO_TIME } from '../support/matchers';
import { traceablePerson, NO_TRACES, findTraces, type TraceablePerson } from '../support/traceable-person';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);
const erase = (...args: string[]) => conv(['candidate', 'erase', ...args]);
const traces = (person: TraceablePerson) => findTraces(person, stores, queue);

/** Stores a candidate with two applications, one of them REJECTED, and a job in the queue; returns the candidate's id. */
async function storeCandidate(person: TraceablePerson): Promise<string> {
  const { candidate_id } = person.event();
  await processEvent(stores, person.event());
  await processEvent(stores, person.event());
  await enqueue(queue, person.event());
  return candidate_id;
}

beforeEach(async () => {
  await clearTables(stores);
  await queue.applications.queue.obliterate({ force: true });
});

it('erases with --yes, prints what it erased, and names the conversation that is still active', async () => {
  const person = traceablePerson();
  const id = await storeCandidate(person);
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
    stderr: `candidate "${id}" still has the active conversation ${report.active_conversation ?? ''}: complete it with \`conv move\`\n`,
  });
  expect(await traces(person)).toEqual(NO_TRACES);
});

it('refuses without --yes and without a terminal, prints the counts and changes nothing', async () => {
  const person = traceablePerson();
  const { code, stdout, stderr } = await erase(await storeCandidate(person));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/erase .*\(1 candidate record, 2 applications, 1 queued job\).*--yes/);
  expect((await traces(person)).database).toHaveLength(4);
  expect((await traces(person)).queue).toHaveLength(4);
});

it('prints with --dry-run exactly what would be erased, and changes nothing even with --yes', async () => {
  const person = traceablePerson();
  const id = await storeCandidate(person);
  const { code, stdout, stderr } = await erase(id, '--dry-run', '--yes', '-o', 'json');
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^dry run: would erase .*; nothing was changed\n.* still has the active conversation .*\n$/,
  );
  const planned = JSON.parse(stdout) as Erasure;
  expect(planned.erased_at).toBeNull();
  expect((await traces(person)).queue).toHaveLength(4);
  const done = JSON.parse((await erase(id, '--yes', '-o', 'json')).stdout) as Erasure;
  expect({ ...done, erased_at: null }).toEqual(planned);
});

describe('the second time', () => {
  let id: string;
  let erasedAt: string | null;
  beforeEach(async () => {
    id = await storeCandidate(traceablePerson());
    erasedAt = (JSON.parse((await erase(id, '--yes', '-o', 'json')).stdout) as Erasure).erased_at;
  });

  it('erases nothing, does not ask, and keeps the time of the first', async () => {
    const { code, stdout } = await erase(id, '-o', 'json');
    expect(code).toBe(0);
    const nothing = { erased_at: erasedAt, candidates: 0, applications: 0, jobs: 0 };
    expect(JSON.parse(stdout)).toMatchObject(nothing);
  });

  it('says that nothing was left to erase', async () => {
    const notice = `nothing was left to erase: the personal data of candidate "${id}" was erased at ${erasedAt ?? ''}\n`;
    expect((await erase(id)).stderr).toContain(notice);
  });

  it('says with --dry-run that nothing is left to erase', async () => {
    const { stderr } = await erase(id, '--dry-run');
    expect(stderr).toMatch(/^dry run: nothing is left to erase; nothing was changed\n/);
  });
});

it.each(['unknown', '-x', ' '])('exits 1 for the unknown candidate %j', async (id) => {
  const { code, stdout, stderr } = await erase('--yes', '--', id);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^conv: .*candidate .*\n$/);
  expect(stderr).toContain(JSON.stringify(id));
});

it('exits 2 without an id', async () => {
  expect((await erase()).code).toBe(2);
});

it('prints one field per line when piped, and the id with -o ids', async () => {
  const person = traceablePerson();
  const id = await storeCandidate(person);
  expect((await erase(id, '--yes', '-o', 'ids')).stdout).toBe(`${id}\n`);
  const lines = parseCells((await erase(id)).stdout);
  expect(lines.slice(0, 3)).toEqual([
    ['id', id],
    ['erased_at', ISO_TIME],
    ['candidates', '0'],
  ]);
});

describe('after an erasure', () => {
  it('conv show prints when the data was erased', async () => {
    const person = traceablePerson();
    const id = await createConversation(stores, 'ONGOING', person.event());
    await erase(person.event().candidate_id, '--yes');
    expect(successOutput(await conv(['show', id]))).toMatch(/personal data erased at \d{4}-.*Z\n/);
    expect(parseJson(await conv(['show', id, '-o', 'json']))).toMatchObject({
      candidate: { first_name: null },
    });
  });

  it('conv replay skips the applications with a notice', async () => {
    const id = await storeCandidate(traceablePerson());
    await erase(id, '--yes');
    const { code, stdout, stderr } = await conv(['replay', '--status', 'REJECTED', '--yes']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^skipped 1 \(personal data was erased or removed\): application-/);
  });

  it('conv apps list prints the same rows as before', async () => {
    const id = await storeCandidate(traceablePerson());
    const list = () => conv(['apps', 'list', '--candidate', id]);
    const before = successOutput(await list());
    await erase(id, '--yes');
    expect(successOutput(await list())).toBe(before);
  });
});
