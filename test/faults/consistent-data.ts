import { applicationEvent, CANDIDATE } from '../support/factories';
import type { Sent } from './applications';
import { check, type Violation } from './check';
import type { Erasure } from './erasures';
import type { SeenEvent } from './reader';
import type { ApplicationRow, CandidateRow, ConversationRow, EventRow } from './stored';

/** Consistent data: three applications of one candidate, accepted and completed, accepted and active, and rejected. */
export function consistentData() {
  const candidate_id = 'candidate';
  const create = (id: string, job_id: string) =>
    applicationEvent({ id, job_id, candidate_id, candidate: { ...CANDIDATE, last_name: id } });
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
    sentAt: 0,
    acknowledgedAt: 0,
    responses: [{ ...row, received_at: '', processed_at: '', status: row.status as 'ACCEPTED' }],
    history: [],
  }));
  const candidates: CandidateRow[] = [{ id: candidate_id, ...made[2].candidate }];
  const erasures: Erasure[] = [];
  const jobs = new Map<string, unknown>();
  const seen = events.map((one) => ({ ...one }) as unknown as SeenEvent);
  const observed = { sent, erasures, seen, moved: new Map([['one', 'COMPLETED']]) };
  return { ...observed, candidates, applications, conversations, events, jobs };
}

export type Data = ReturnType<typeof consistentData>;

export function findViolations({ sent, erasures, seen, moved, ...stored }: Data): Violation[] {
  return check({ sent, erasures, seen, moved }, stored);
}
