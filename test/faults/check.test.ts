import { applicationEvent } from '../support/factories';
import type { Sent } from './applications';
import { check } from './check';
import type { SeenEvent } from './reader';
import type { ApplicationRow, ConversationRow, EventRow } from './stored';

/** Consistent data: three applications of one candidate, accepted and completed, accepted and active, and rejected. */
function consistentData() {
  const candidate_id = 'candidate';
  const create = (id: string, job_id: string) => applicationEvent({ id, job_id, candidate_id });
  const made = [create('first', 'a'), create('second', 'b'), create('third', 'a')] as const;
  const row = (n: 0 | 1 | 2, status: string, reason: string | null, conversation_id: string | null) => {
    const { id, job_id } = made[n];
    const at = new Date(0);
    const row: ApplicationRow = {
      id,
      job_id,
      candidate_id,
      status,
      reason,
      conversation_id,
      payload: made[n],
      received_at: at,
      processed_at: at,
    };
    return row;
  };
  const applications = [
    row(0, 'ACCEPTED', null, 'one'),
    row(1, 'ACCEPTED', null, 'two'),
    row(2, 'REJECTED', 'DUPLICATE_APPLICATION', null),
  ];
  const conversations: ConversationRow[] = [
    { id: 'one', application_id: 'first', candidate_id, job_id: 'a', status: 'COMPLETED' },
    { id: 'two', application_id: 'second', candidate_id, job_id: 'b', status: 'CREATED' },
  ];
  const event = (n: number, type: string, application_id: string, id: string, status: string): EventRow => ({
    id: `event ${n}`,
    type,
    application_id,
    data: { id, status },
  });
  const events = [
    event(1, 'conversation.created', 'first', 'one', 'CREATED'),
    event(2, 'conversation.updated', 'first', 'one', 'ONGOING'),
    event(3, 'conversation.updated', 'first', 'one', 'COMPLETED'),
    event(4, 'conversation.created', 'second', 'two', 'CREATED'),
    event(5, 'application.rejected', 'third', 'third', 'REJECTED'),
  ];
  const sent: Sent[] = applications.map((row, n) => ({
    event: made[n] ?? made[0],
    acknowledged: true,
    responses: [{ ...row, received_at: '', processed_at: '', status: row.status as 'ACCEPTED' }],
    history: [],
  }));
  const seen = events.map((one) => ({ ...one }) as unknown as SeenEvent);
  return { sent, seen, moved: new Map([['one', 'COMPLETED']]), applications, conversations, events };
}

type Data = ReturnType<typeof consistentData>;

const findViolations = ({ sent, seen, moved, ...stored }: Data) => check({ sent, seen, moved }, stored);

it('finds no violation in consistent data', () => {
  expect(findViolations(consistentData())).toEqual([]);
});

it('accepts any outcome of an application that was never acknowledged', () => {
  const data = consistentData();
  data.sent.push({ event: applicationEvent(), acknowledged: false, responses: [], history: [] });
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
