import { faker } from '@faker-js/faker';
import type { ApplicationEvent } from '../lib/domain';
import type { Database } from '../models/connect';
import { processApplications } from '../applications/process';
import { moveConversation } from './move';

export interface SeedResult {
  /** Conversations that were created now; those of an earlier run with the same seed are left as they are. */
  created: number;
  rejected: number;
}

/** Of a hundred conversations so many have been answered, and so many are over. */
const ONGOING_PERCENT = 50;
const COMPLETED_PERCENT = 20;
const AT_ONCE = 5;

/** Mobile numbers from the ranges that regulators keep for fiction, or that libphonenumber holds valid. */
const PHONE_PATTERNS = ['+1415555####', '+1212555####', '+447400123###', '+33612345###', '+4917012#####'];

/** The n-th sample application of a seed: the same every time. Two in fifty are second ones of an earlier candidate. */
function sampleEvent(seed: number, n: number): ApplicationEvent {
  faker.seed([seed, n]);
  const candidate = n % 25 === 24 ? n - 24 : n;
  faker.seed([seed, candidate, 1]);
  const first_name = faker.person.firstName();
  const last_name = faker.person.lastName();
  const email_address = faker.internet
    .exampleEmail({ firstName: first_name, lastName: last_name })
    .toLowerCase();
  const phone_number = faker.helpers.replaceSymbols(faker.helpers.arrayElement(PHONE_PATTERNS));
  return {
    id: `seed-${seed}-application-${n}`,
    job_id: `seed-${seed}-job-${n % 40}`,
    candidate_id: `seed-${seed}-candidate-${candidate}`,
    candidate: { phone_number, first_name, last_name, email_address },
  };
}

async function sow(database: Database, seed: number, n: number, result: SeedResult): Promise<void> {
  const event = sampleEvent(seed, n);
  const [decision] = await processApplications(database, [{ event, received_at: new Date().toISOString() }]);
  if (!decision?.isNew) return;
  const { conversation_id } = decision.outcome;
  if (conversation_id === null) {
    result.rejected += 1;
    return;
  }
  result.created += 1;
  faker.seed([seed, n, 2]);
  const percent = faker.number.int({ min: 0, max: 99 });
  if (percent < ONGOING_PERCENT) await moveConversation(database, conversation_id, 'ONGOING');
  if (percent < COMPLETED_PERCENT) await moveConversation(database, conversation_id, 'COMPLETED');
}

/**
 * Realistic sample data through the verbs that workers use, so every rule holds. The same seed makes the same data, and
 * seeding again adds nothing twice.
 * @param progress called with the number done so far
 */
export async function seedConversations(
  database: Database,
  options: { count: number; seed: number; progress?: (done: number) => void },
): Promise<SeedResult> {
  const { count, seed, progress } = options;
  const result: SeedResult = { created: 0, rejected: 0 };
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, offset) => from + offset);
    await Promise.all(numbers.map((n) => sow(database, seed, n, result)));
    progress?.(from + numbers.length);
  }
  return result;
}
