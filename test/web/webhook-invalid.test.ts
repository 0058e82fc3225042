import type { ApplicationEvent } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

async function faultsOf(event: unknown): Promise<string[]> {
  return faults(await problemOf(await post(web, event), 422, 'INVALID'));
}

const withCandidate = (overrides: object): object =>
  applicationEvent({ candidate: { ...CANDIDATE, ...overrides } });

it('tells of every field at once: where, a code, a sentence', async () => {
  const event = {
    id: '',
    job_id: 7,
    candidate_id: 'x'.repeat(256),
    candidate: { phone_number: '+1234567890', first_name: ' ', last_name: null, email_address: 'jane' },
  };
  expect(await faultsOf(event)).toEqual([
    '/candidate/email_address INVALID_EMAIL',
    '/candidate/first_name BLANK',
    '/candidate/last_name REQUIRED',
    '/candidate/phone_number TOO_SHORT',
    '/candidate_id TOO_LONG',
    '/id BLANK',
    '/job_id NOT_TEXT',
  ]);
});

it('names each field in its detail too, for clients that show one line', async () => {
  const { detail } = await problemOf(
    await post(web, { ...applicationEvent(), id: 1, job_id: 2 }),
    422,
    'INVALID',
  );
  expect(detail.split('; ').sort()).toEqual(['/id: must be a JSON string', '/job_id: must be a JSON string']);
});

it('asks for every field', async () => {
  expect(await faultsOf({ candidate: {} })).toEqual([
    '/candidate/email_address REQUIRED',
    '/candidate/first_name REQUIRED',
    '/candidate/last_name REQUIRED',
    '/candidate/phone_number REQUIRED',
    '/candidate_id REQUIRED',
    '/id REQUIRED',
    '/job_id REQUIRED',
  ]);
});

describe('candidate', () => {
  it.each([
    [undefined, 'REQUIRED'],
    [null, 'REQUIRED'],
    ['Jane', 'NOT_AN_OBJECT'],
    [1, 'NOT_AN_OBJECT'],
    [[], 'NOT_AN_OBJECT'],
  ])('%j is %s', async (candidate, code) => {
    expect(await faultsOf({ ...applicationEvent(), candidate })).toEqual([`/candidate ${code}`]);
  });
});

describe.each(['id', 'job_id', 'candidate_id'])('%s', (name) => {
  it.each([
    [1, 'NOT_TEXT'],
    [true, 'NOT_TEXT'],
    [['a'], 'NOT_TEXT'],
    [{}, 'NOT_TEXT'],
    [null, 'REQUIRED'],
    ['', 'BLANK'],
    [' \u3000', 'BLANK'],
    ['a\u0000b', 'UNSTORABLE_CHARACTER'],
    ['a\nb', 'UNSTORABLE_CHARACTER'],
    ['\u001b[31m', 'UNSTORABLE_CHARACTER'],
    ['\u0085', 'UNSTORABLE_CHARACTER'],
    ['\ud83d', 'UNSTORABLE_CHARACTER'],
    ['x'.repeat(256), 'TOO_LONG'],
    ['🎉'.repeat(256), 'TOO_LONG'],
  ])('%j is %s', async (value, code) => {
    expect(await faultsOf({ ...applicationEvent(), [name]: value })).toEqual([`/${name} ${code}`]);
  });
});

describe.each(['first_name', 'last_name'])('%s', (name) => {
  it.each([
    [1, 'NOT_TEXT'],
    ['', 'BLANK'],
    ['\u00a0', 'BLANK'],
    ['a\u0000', 'UNSTORABLE_CHARACTER'],
    ['\udc00', 'UNSTORABLE_CHARACTER'],
    ['x'.repeat(201), 'TOO_LONG'],
  ])('%j is %s', async (value, code) => {
    expect(await faultsOf(withCandidate({ [name]: value }))).toEqual([`/candidate/${name} ${code}`]);
  });

  it.each(['李', 'Ñandú-Göker', "D'Arc", ` ${'🎉'.repeat(200)} `, 'عبد الله', 'X Æ A-12'])(
    'may be %j',
    async (value) => {
      expect((await post(web, withCandidate({ [name]: value }))).status).toBe(202);
    },
  );
});

describe('phone_number', () => {
  it.each([
    [14155552671, 'NOT_TEXT'],
    ['', 'BLANK'],
    ['14155552671', 'MISSING_PLUS'],
    ['0014155552671', 'MISSING_PLUS'],
    [' +14155552671', 'MISSING_PLUS'],
    ['+1234567890', 'TOO_SHORT'],
    ['+1415555267100', 'TOO_LONG'],
    ['+9991234567', 'INVALID_COUNTRY'],
    ['+11111111111', 'INVALID_NUMBER'],
    ['+1415555CALL', 'LETTERS'],
    ['+14155552671 ext 5', 'EXTENSION'],
    ['+14155552671;ext=5', 'EXTENSION'],
    ['+14155552671x5', 'EXTENSION'],
    ['+1/415/555/2671', 'INVALID_CHARACTER'],
    ['+١٤١٥٥٥٥٢٦٧١', 'INVALID_CHARACTER'],
    ['++14155552671', 'INVALID_CHARACTER'],
    ['+1415555\n2671', 'UNSTORABLE_CHARACTER'],
    [`+1${' '.repeat(100)}4155552671`, 'TOO_LONG'],
  ])('%j is %s', async (phone_number, code) => {
    expect(await faultsOf(withCandidate({ phone_number }))).toEqual([`/candidate/phone_number ${code}`]);
  });

  it.each([
    '+1 (415) 555-2671',
    '+1.415.555.2671',
    '+44 7911 123456',
    '+33 6 12 34 56 78',
    '+49 1512 3456789',
    '+81 90-1234-5678',
  ])('may be %s', async (phone_number) => {
    expect((await post(web, withCandidate({ phone_number }))).status).toBe(202);
  });
});

describe('email_address', () => {
  const long = `${'a'.repeat(64)}@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.com`;

  it.each([
    [5, 'NOT_TEXT'],
    ['', 'BLANK'],
    ['jane', 'INVALID_EMAIL'],
    ['jane@', 'INVALID_EMAIL'],
    ['@example.com', 'INVALID_EMAIL'],
    ['jane doe@example.com', 'INVALID_EMAIL'],
    ['jane@exa mple.com', 'INVALID_EMAIL'],
    ['jane@@example.com', 'INVALID_EMAIL'],
    [' jane@example.com', 'INVALID_EMAIL'],
    ['jane@example.com\n', 'UNSTORABLE_CHARACTER'],
    [`${'a'.repeat(310)}@example.com`, 'TOO_LONG'],
  ])('%j is %s', async (email_address, code) => {
    expect(await faultsOf(withCandidate({ email_address }))).toEqual([`/candidate/email_address ${code}`]);
  });

  it.each(['j@e.co', 'jane.doe+jobs@mail.example.co.uk', "o'brien@example.com", long])(
    'may be %s',
    async (email_address) => {
      expect(email_address.length).toBeLessThanOrEqual(320);
      expect((await post(web, withCandidate({ email_address }))).status).toBe(202);
    },
  );
});

it('queues nothing of what it refuses', async () => {
  const event = withCandidate({ phone_number: '+1' }) as ApplicationEvent;
  await faultsOf(event);
  await problemOf(await call(web, 'GET', `/applications/${event.id}`), 404, 'NOT_FOUND');
});

it('repeats nothing personal in its answer', async () => {
  const response = await post(
    web,
    withCandidate({ phone_number: '+1555000', first_name: '', email_address: 'rosalind@' }),
  );
  const text = await response.text();
  expect(response.status).toBe(422);
  expect(text).not.toMatch(/1555000|rosalind|Doe/);
});
