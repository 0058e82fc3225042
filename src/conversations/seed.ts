import { faker } from '@faker-js/faker';
import { processApplications } from '../applications/process';
import type { ApplicationEvent } from '../lib/domain';
import type { Database } from '../models/connect';
import { moveConversation } from './move';

export interface SeedResult {
  /** Conversations created by this run; those of an earlier run with the same seed are not counted. */
  created: number;
  rejected: number;
}

const COMPLETED_PERCENT = 20;
const ONGOING_PERCENT = 30;
const CONCURRENCY = 5;

/** Mobile numbers from ranges that are reserved for fiction, or that libphonenumber accepts as valid. */
const PHONE_PATTERNS = ['+1415555####', '+1212555####', '+447400123###', '+33612345###', '+4917012#####'];

/** Returns the n-th sample event of a seed, always the same. Every 25th candidate applies twice. */
function createSampleEvent(seed: number, n: number): ApplicationEvent {
  const candidate = n % 25 === 24 ? n - 24 : n;
  faker.seed([seed, candidate, 1]);
  const first_name = faker.person.firstName();
  const last_name = faker.person.lastName();
  const email = faker.internet.exampleEmail({ firstName: first_name, lastName: last_name });
  const phone_number = faker.helpers.replaceSymbols(faker.helpers.arrayElement(PHONE_PATTERNS));
  return {
    id: `seed-${seed}-application-${n}`,
    job_id: `seed-${seed}-job-${n % 40}`,
    candidate_id: `seed-${seed}-candidate-${candidate}`,
    candidate: { phone_number, first_name, last_name, email_address: email.toLowerCase() },
  };
}

/** Moves the n-th conversation to the status that the seed chooses for it. */
async function moveToSampleStatus(database: Database, id: string, seed: number, n: number): Promise<void> {
  faker.seed([seed, n, 2]);
  const percent = faker.number.int({ min: 0, max: 99 });
  if (percent < COMPLETED_PERCENT + ONGOING_PERCENT) await moveConversation(database, id, 'ONGOING');
  if (percent < COMPLETED_PERCENT) await moveConversation(database, id, 'COMPLETED');
}

async function seedOne(database: Database, seed: number, n: number, result: SeedResult): Promise<void> {
  const application = { event: createSampleEvent(seed, n), received_at: new Date().toISOString() };
  const [processed] = await processApplications(database, [application]);
  if (!processed?.isNew) return;
  const { conversation_id } = processed.outcome;
  if (conversation_id === null) {
    result.rejected += 1;
  } else {
    result.created += 1;
    await moveToSampleStatus(database, conversation_id, seed, n);
  }
}

/**
 * Creates realistic sample data with the functions that workers use, so every rule holds. The same seed creates the same data,
 * and seeding again adds nothing.
 * @param options `progress` is called with the number of applications processed so far
 */
export async function seedConversations(
  database: Database,
  options: { count: number; seed: number; progress?: (done: number) => void },
): Promise<SeedResult> {
  const { count, seed, progress } = options;
  const result: SeedResult = { created: 0, rejected: 0 };
  for (let from = 0; from < count; from += CONCURRENCY) {
    const to = Math.min(from + CONCURRENCY, count);
    const numbers = Array.from({ length: to - from }, (_, offset) => from + offset);
    await Promise.all(numbers.map((n) => seedOne(database, seed, n, result)));
    progress?.(to);
  }
  return result;
}
