import type { FoundApplication } from '../../src/applications/search';
import { eraseCandidate } from '../../src/candidates/erase';
import { recordFailure } from '../../src/applications/record-failure';
import { createCli, parseCells, parseJson, splitLines, successOutput } from '../support/cli';
import { createConversation, processEvent } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { ISO_TIME, like } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

const JANE = {
  phone_number: '+491711234567',
  first_name: 'Jane',
  last_name: 'de la Cruz',
  email_address: 'Jane@Example.com',
};
const OTHER = {
  phone_number: '+14155552671',
  first_name: 'Émile',
  last_name: 'O_Neil',
  email_address: 'x@y.ch',
};

const find = async (...args: string[]): Promise<string[]> =>
  splitLines(successOutput(await conv(['find', '-o', 'ids', ...args]))).sort();

let conversation: string;
beforeAll(async () => {
  await clearTables(stores);
  const jane = { candidate_id: 'c-1', candidate: JANE };
  conversation = await createConversation(stores, 'ONGOING', { id: 'a-1', job_id: 'j-1', ...jane });
  await processEvent(stores, { id: 'a-2', job_id: 'j-2', ...jane });
  await processEvent(stores, { id: 'a-3', job_id: 'j-3', candidate_id: 'c-2', candidate: OTHER });
  const lost = { ...JANE, phone_number: '+41446681800', first_name: 'Max', email_address: 'max@example.com' };
  const failed = applicationEvent({ id: 'a-4', job_id: 'j-1', candidate_id: 'c-3', candidate: lost });
  await recordFailure(stores.database, jobData(failed), 'it broke');
});

describe('conv find finds', () => {
  it.each([
    ['an application by its id', 'a-2', ['a-2']],
    ['the applications of a candidate', 'c-1', ['a-1', 'a-2']],
    ['the applications for a job', 'j-1', ['a-1', 'a-4']],
    ['a phone number in E.164', '+491711234567', ['a-1', 'a-2']],
    ['a phone number with separators', ' +49 (171) 123-45 67', ['a-1', 'a-2']],
    ['a phone number with its national prefix', '0171 / 1234567', ['a-1', 'a-2']],
    ['a phone number with country code and national prefix', '+49 (0)171 1234567', ['a-1', 'a-2']],
    ['a phone number with an international prefix', '0049 171 1234567', ['a-1', 'a-2']],
    ['the last seven digits of a phone number', '1234567', ['a-1', 'a-2']],
    ['an email address in another case', 'jane@example.COM', ['a-1', 'a-2']],
    ['the beginning of a first name', 'jan', ['a-1', 'a-2']],
    ['the beginning of a last name', 'DE LA', ['a-1', 'a-2', 'a-4']],
    ['first and last name', 'jane  de', ['a-1', 'a-2']],
    ['last and first name', 'de la cruz jane', ['a-1', 'a-2']],
    ['a name in upper case with an accent', 'ÉMILE', ['a-3']],
    ['a name with a wildcard of SQL', 'o_n', ['a-3']],
    ['a FAILED application without a candidate by phone number', '+41 44 668 18 00', ['a-4']],
    ['a FAILED application without a candidate by email address', 'MAX@example.com', ['a-4']],
    ['a FAILED application without a candidate by name', 'max', ['a-4']],
  ])('%s', async (_, text, expected) => {
    expect(await find(text)).toEqual(expected);
  });

  it('the application of a conversation', async () => {
    expect(await find(conversation)).toEqual(['a-1']);
  });
});

it.each(['nobody', '234567', '%', "' OR 1=1 --", '-x'])('exits 1 for %j, which nobody has', async (text) => {
  expect(await conv(['find', '--', text])).toEqual({
    code: 1,
    stdout: '',
    stderr: like(/^conv: nothing found for ".*": run `conv find --help` for what can be found\n$/),
  });
});

it.each(['', ' '])('exits 2 for %j', async (text) => {
  expect((await conv(['find', text])).code).toBe(2);
});

it('shows why nobody wrote: each application with its status, reason, job and conversation, newest first', async () => {
  const cells = parseCells(successOutput(await conv(['find', '+491711234567'])));
  const person = ['c-1', 'Jane', 'de la Cruz', '+491711234567'];
  expect(cells).toEqual([
    [...person, 'a-2', 'REJECTED', 'ACTIVE_CONVERSATION', 'j-2', ISO_TIME, '', ''],
    [...person, 'a-1', 'ACCEPTED', '', 'j-1', ISO_TIME, 'ONGOING', ISO_TIME],
  ]);
});

it('shows a table for each candidate on a terminal', async () => {
  const stdout = successOutput(await conv(['find', 'j-1'], { stdoutIsTerminal: true }));
  expect(splitLines(stdout)).toEqual([
    'c-3  Max de la Cruz  +41446681800  max@example.com',
    like(/^ID +STATUS +REASON +JOB ID +RECEIVED AT +CONVERSATION STATUS +CONVERSATION CREATED AT$/),
    like(/^a-4 +FAILED +it broke +j-1 /),
    '',
    'c-1  Jane de la Cruz  +491711234567  Jane@Example.com',
    like(/^ID /),
    like(/^a-1 +ACCEPTED +j-1 .* ONGOING /),
  ]);
});

it('prints json with the fields of the API', async () => {
  expect(parseJson<FoundApplication[]>(await conv(['find', 'a-1', '-o', 'json']))).toStrictEqual([
    {
      id: 'a-1',
      job_id: 'j-1',
      candidate_id: 'c-1',
      status: 'ACCEPTED',
      reason: null,
      conversation_id: conversation,
      received_at: ISO_TIME,
      processed_at: ISO_TIME,
      conversation_status: 'ONGOING',
      conversation_created_at: ISO_TIME,
      ...JANE,
    },
  ]);
});

it('says that more exist if the default limit or --limit cut the list', async () => {
  const { stdout, stderr } = await conv(['find', 'c-1', '--limit', '1', '-o', 'ids'], {
    stdoutIsTerminal: true,
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'a-2\n', stderr: '1 shown, more exist: --all or --limit\n' });
});

it('shows all with --all', async () => {
  expect(await find('c-1', '--all')).toEqual(['a-1', 'a-2']);
});

it('does not find an erased person', async () => {
  const event = applicationEvent({ candidate: { ...JANE, first_name: 'Erased' } });
  await processEvent(stores, event);
  await eraseCandidate(stores.database, queue.applications, event.candidate_id);
  expect((await conv(['find', 'erased'])).code).toBe(1);
});
