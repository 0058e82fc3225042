import { randomInt } from 'node:crypto';
import type { ApplicationEvent, PersonalData } from '../../src/lib/domain';
import type { TestDatabase } from './database';
import { dumpDatabase, dumpQueue } from './dump';
import { applicationEvent } from './factories';
import type { TestQueue } from './queue';

/** A person whose personal data can be found wherever it is stored. */
export interface TraceablePerson {
  candidate: PersonalData;
  event(overrides?: Partial<ApplicationEvent>): ApplicationEvent;
}

/** Creates a person with unique personal data; `event` creates an application of theirs. */
export function traceablePerson(): TraceablePerson {
  const number = randomInt(2_000_000, 10_000_000); // A valid number begins with 2 to 9.
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

/** Returns the personal data that is stored in the database and in the queue. */
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
