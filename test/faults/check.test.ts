import { applicationEvent } from '../support/factories';
import type { Sent } from './applications';
import { check } from './check';
import type { SeenEvent } from './reader';
import type { ApplicationRow, ConversationRow, EventRow } from './stored';

/** Three applications of one candidate: accepted and over, accepted and active, rejected; all as it should be. */
function world() {
  const candidate_id = 'candidate';
  const of = (id: string, job_id: string) => applicationEvent({ id, job_id, candidate_id });
  const made = [of('first', 'a'), of('second', 'b'), of('third', 'a')] as const;
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
    told: [{ ...row, received_at: '', processed_at: '', status: row.status as 'ACCEPTED' }],
    history: [],
  }));
  const seen = events.map((one) => ({ ...one }) as unknown as SeenEvent);
  return { sent, seen, moved: new Map([['one', 'COMPLETED']]), applications, conversations, events };
}

type World = ReturnType<typeof world>;

const faultsOf = ({ sent, seen, moved, ...stored }: World) => check({ sent, seen, moved }, stored);

it('finds nothing where everything is as it should be', () => {
  expect(faultsOf(world())).toEqual([]);
});

it('leaves open what became of one that was never acknowledged', () => {
  const it = world();
  it.sent.push({ event: applicationEvent(), acknowledged: false, told: [], history: [] });
  expect(faultsOf(it)).toEqual([]);
});

const active = {
  id: 'more',
  application_id: 'second',
  candidate_id: 'candidate',
  job_id: 'c',
  status: 'CREATED',
};

it.each<[string, string, (it: World) => unknown]>([
  ['an acknowledged one without a row', 'lost', (it) => it.applications.pop()],
  ['one that FAILED', 'lost', (it) => Object.assign(it.applications[2] ?? {}, { status: 'FAILED' })],
  ['one with two rows', 'doubled', (it) => it.applications.push(...it.applications.slice(0, 1))],
  ['a second active conversation', 'doubled', (it) => it.conversations.push(active)],
  [
    'a second one for the job',
    'doubled',
    (it) => it.conversations.push({ ...active, job_id: 'a', status: 'COMPLETED' }),
  ],
  ['a conversation that is gone', 'lost', (it) => it.conversations.pop()],
  ['an event that is gone', 'lost', (it) => it.events.pop()],
  ['an event that is there twice', 'doubled', (it) => it.events.push(...it.events.slice(3, 4))],
  ['an event that the reader missed', 'lost', (it) => it.seen.pop()],
  ['an event that the reader saw twice', 'doubled', (it) => it.seen.push(...it.seen.slice(0, 1))],
  ['another order', 'contradictory', (it) => it.seen.reverse()],
  [
    'a sender that was told otherwise',
    'contradictory',
    (it) => Object.assign(it.sent[1]?.told[0] ?? {}, { conversation_id: 'x' }),
  ],
  ['a rejection for nothing', 'contradictory', (it) => it.conversations.shift()],
  ['another payload', 'contradictory', (it) => Object.assign(it.applications[0] ?? {}, { payload: {} })],
  ['one that nobody sent', 'contradictory', (it) => it.sent.pop()],
  ['a move that was told and is not stored', 'contradictory', (it) => it.moved.set('two', 'ONGOING')],
])('finds %s (%s)', (_what, kind, spoil) => {
  const it = world();
  spoil(it);
  expect(faultsOf(it).map((fault) => fault.kind)).toContain(kind);
});
