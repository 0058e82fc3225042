import { applicationEvent } from '../support/factories';
import { consistentData, findViolations, type Data } from './consistent-data';

it('finds no violation in consistent data', () => {
  expect(findViolations(consistentData())).toEqual([]);
});

it('accepts any outcome of an application that was never acknowledged', () => {
  const data = consistentData();
  data.sent.push({ event: applicationEvent(), sentAt: 0, acknowledgedAt: null, responses: [], history: [] });
  expect(findViolations(data)).toEqual([]);
});

const active = {
  id: 'more',
  application_id: 'second',
  candidate_id: 'candidate',
  job_id: 'c',
  status: 'CREATED',
};

it.each<[string, string, (data: Data) => unknown]>([
  ['an acknowledged application without a row', 'lost', (data) => data.applications.pop()],
  ['a FAILED application', 'lost', (data) => Object.assign(data.applications[2] ?? {}, { status: 'FAILED' })],
  [
    'an application with two rows',
    'doubled',
    (data) => data.applications.push(...data.applications.slice(0, 1)),
  ],
  ['a second active conversation', 'doubled', (data) => data.conversations.push(active)],
  [
    'a second conversation for the same job',
    'doubled',
    (data) => data.conversations.push({ ...active, job_id: 'a', status: 'COMPLETED' }),
  ],
  ['a missing conversation', 'lost', (data) => data.conversations.pop()],
  ['a missing event', 'lost', (data) => data.events.pop()],
  ['an event that is stored twice', 'doubled', (data) => data.events.push(...data.events.slice(3, 4))],
  ['an event that the reader missed', 'lost', (data) => data.seen.pop()],
  ['an event that the reader saw twice', 'doubled', (data) => data.seen.push(...data.seen.slice(0, 1))],
  ['events in another order', 'contradictory', (data) => data.seen.reverse()],
  [
    'a response that differs from the stored outcome',
    'contradictory',
    (data) => Object.assign(data.sent[1]?.responses[0] ?? {}, { conversation_id: 'x' }),
  ],
  ['a rejection without a cause', 'contradictory', (data) => data.conversations.shift()],
  [
    'a payload that differs from the event',
    'contradictory',
    (data) => Object.assign(data.applications[0] ?? {}, { payload: {} }),
  ],
  ['an application that nobody sent', 'contradictory', (data) => data.sent.pop()],
  ['a confirmed move that is not stored', 'contradictory', (data) => data.moved.set('two', 'ONGOING')],
])('finds %s (%s)', (_what, kind, corrupt) => {
  const data = consistentData();
  corrupt(data);
  expect(findViolations(data).map((fault) => fault.kind)).toContain(kind);
});
