import { randomInt } from 'node:crypto';
import type { ApplicationEvent, PersonalData } from '../../src/lib/domain';
import type { TestDatabase } from './database';
import { dumpDatabase, dumpQueue } from './dump';
import { applicationEvent } from './factories';
import type { TestQueue } from './queue';

/** Somebody whose every detail is found again wherever it is. */
export interface TraceablePerson {
  candidate: PersonalData;
  event(overrides?: Partial<ApplicationEvent>): ApplicationEvent;
}

/** A person of whom there is no other, with an event for each call. */
export function traceablePerson(): TraceablePerson {
  const number = randomInt(1_000_000, 10_000_000);
  const candidate = {
    phone_number: `+1415${String(number)}`,
    first_name: `Zénobie${String(number)}`,
    last_name: `O’Brien-${String(number)}`,
    email_address: `zoe.${String(number)}@example.com`,
  };
  const { candidate_id } = applicationEvent();
  return {
    candidate,
    event: (overrides = {}) => applicationEvent({ candidate_id, candidate, ...overrides }),
  };
}

/** Where any detail of the person is held. */
export async function findTraces(
  { candidate }: TraceablePerson,
  stores: TestDatabase,
  queue: TestQueue,
): Promise<{ database: string[]; queue: string[] }> {
  const [database, redis] = await Promise.all([dumpDatabase(stores), dumpQueue(queue)]);
  const within = (dump: string) => Object.values(candidate).filter((detail) => dump.includes(detail));
  return { database: within(database), queue: within(redis) };
}

export const NO_TRACES = { database: [], queue: [] };
