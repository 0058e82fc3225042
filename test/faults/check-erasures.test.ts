import { ERASED_REASON } from '../../src/lib/errors';
import { consistentData, findViolations, type Data } from './consistent-data';
import { CLOCK_ERROR_MS } from './erasures';

const MINUTE = 60_000;

/** The first application was received before an erasure, the other two a minute later. */
function erasedData(): Data {
  const data = consistentData();
  const [first, ...later] = data.sent;
  data.erasures.push({ candidateId: 'candidate', began: 5 * MINUTE, ended: 6 * MINUTE });
  for (const one of later) Object.assign(one, { sentAt: 7 * MINUTE, acknowledgedAt: 7 * MINUTE });
  Object.assign(data.applications[0] ?? {}, { payload: { ...first?.event, candidate: null } });
  return data;
}

const NO_DATA = { phone_number: null, first_name: null, last_name: null, email_address: null };
const setCandidate = (data: Data, values: object) => Object.assign(data.candidates[0] ?? {}, values);
const setApplication = (data: Data, n: number, values: object) =>
  Object.assign(data.applications[n] ?? {}, values);

/** Makes the last application one that was received before the erasure, waited in the queue and failed. */
function failBeforeErasure(data: Data): void {
  Object.assign(data.sent[2] ?? {}, { sentAt: 0, acknowledgedAt: 0, responses: [] });
  const payload = { ...data.sent[2]?.event, candidate: null };
  setApplication(data, 2, { status: 'FAILED', reason: ERASED_REASON, payload });
  setCandidate(data, data.sent[1]?.event.candidate ?? {});
  for (const event of [data.events.at(-1), data.seen.at(-1)])
    Object.assign(event ?? {}, { type: 'application.failed', data: { id: 'third', status: 'FAILED' } });
}

it('finds no violation in consistent data with an erasure', () => {
  expect(findViolations(erasedData())).toEqual([]);
});

it('accepts that an application that waited for a worker fails when its candidate is erased', () => {
  const data = erasedData();
  failBeforeErasure(data);
  expect(findViolations(data)).toEqual([]);
});

it('finds a FAILED application without an event', () => {
  const data = erasedData();
  failBeforeErasure(data);
  data.events.pop();
  data.seen.pop();
  expect(findViolations(data).map(({ what }) => what)).toEqual(['is FAILED without an event']);
});

it('accepts either when an application was received during the erasure', () => {
  const data = erasedData();
  Object.assign(data.sent[0] ?? {}, { sentAt: 5 * MINUTE, acknowledgedAt: 6 * MINUTE });
  expect(findViolations(data)).toEqual([]);
});

it.each<[string, string, (data: Data) => unknown]>([
  [
    'personal data of an application from before the erasure',
    'has personal data, but was received before an erasure',
    (data) => setApplication(data, 0, { payload: data.sent[0]?.event }),
  ],
  [
    'personal data in the job of such an application',
    'has personal data in its job, but was received before an erasure',
    (data) => data.jobs.set('first', data.sent[0]?.event),
  ],
  [
    'an application from after the erasure without its data',
    'has no personal data, but was not received before an erasure',
    (data) => setApplication(data, 2, { payload: { ...data.sent[2]?.event, candidate: null } }),
  ],
  [
    'an application from after the erasure that failed for another reason',
    'FAILED: it broke',
    (data) => setApplication(data, 2, { status: 'FAILED', reason: 'it broke' }),
  ],
  [
    'a candidate who applied again and has no data',
    'its candidate candidate has no data, but applied again after the erasure',
    (data) => setCandidate(data, NO_DATA),
  ],
  [
    'a candidate with data from before the erasure',
    'its candidate candidate has older data than the newest',
    (data) => setCandidate(data, data.sent[0]?.event.candidate ?? {}),
  ],
  [
    'a candidate with older data',
    'its candidate candidate has older data than the newest',
    (data) => {
      const at = 7 * MINUTE + CLOCK_ERROR_MS + 1;
      Object.assign(data.sent[2] ?? {}, { sentAt: at, acknowledgedAt: at });
      setCandidate(data, data.sent[1]?.event.candidate ?? {});
    },
  ],
  [
    'a candidate with data that nobody sent',
    'its candidate candidate has data that nobody sent',
    (data) => setCandidate(data, { last_name: 'Other' }),
  ],
  [
    'a candidate without data who was not erased',
    'its candidate candidate has no data, but was not erased',
    (data) => {
      data.erasures.pop();
      setCandidate(data, NO_DATA);
    },
  ],
])('finds %s', (_what, expected, corrupt) => {
  const data = erasedData();
  corrupt(data);
  expect(findViolations(data).map(({ what }) => what)).toContain(expected);
});
