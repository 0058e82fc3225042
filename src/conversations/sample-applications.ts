import { faker } from '@faker-js/faker';
import { CONVERSATION_STATUSES, type ApplicationEvent, type ConversationStatus } from '../lib/domain';

/** The share of the conversations that get each status: any whole numbers, 0 for none. */
export type StatusMix = Readonly<Record<ConversationStatus, number>>;

export interface SampleApplication {
  event: ApplicationEvent;
  /** Whether it is the second one of its candidate. */
  isSecond: boolean;
  /** The status that its conversation gets. */
  status: ConversationStatus;
}

/** In each group the first candidate applies a second time, as the last application. */
const GROUP_SIZE = 25;
const JOBS = 40;

/** Mobile numbers from ranges that are reserved for fiction, or that libphonenumber accepts as valid. */
const PHONE_PATTERNS = ['+1415555####', '+1212555####', '+447400123###', '+33612345###', '+4917012#####'];

function createPerson(): ApplicationEvent['candidate'] {
  const first_name = faker.person.firstName();
  const last_name = faker.person.lastName();
  const email = faker.internet.exampleEmail({ firstName: first_name, lastName: last_name });
  const phone_number = faker.helpers.replaceSymbols(faker.helpers.arrayElement(PHONE_PATTERNS));
  return { phone_number, first_name, last_name, email_address: email.toLowerCase() };
}

/** @param share from 0 to 1, 1 excluded */
function chooseStatus(mix: StatusMix, share: number): ConversationStatus {
  const total = CONVERSATION_STATUSES.reduce((sum, status) => sum + mix[status], 0);
  let rest = share * total;
  const chosen = CONVERSATION_STATUSES.find((status) => {
    rest -= mix[status];
    return rest < 0;
  });
  return chosen ?? 'COMPLETED';
}

/** Seeds the generator once for a group, because that takes longer than creating a person. */
function createGroup(seed: number, group: number, mix: StatusMix): SampleApplication[] {
  faker.seed([seed, group]);
  const people = Array.from({ length: GROUP_SIZE }, () => ({
    person: createPerson(),
    share: faker.number.float(),
  }));
  return people.map(({ person, share }, index) => {
    const n = group * GROUP_SIZE + index;
    const isSecond = index === GROUP_SIZE - 1;
    const event = {
      id: `seed-${seed}-application-${n}`,
      job_id: `seed-${seed}-job-${n % JOBS}`,
      candidate_id: `seed-${seed}-candidate-${isSecond ? group * GROUP_SIZE : n}`,
      candidate: isSecond ? (people[0]?.person ?? person) : person,
    };
    return { event, isSecond, status: chooseStatus(mix, share) };
  });
}

/**
 * Returns the sample applications of a seed from one number up to another, which is not included. Each is always the same.
 * @param from a multiple of 25, so that a second application never comes without the first one
 */
export function createSampleApplications(
  seed: number,
  from: number,
  to: number,
  mix: StatusMix,
): SampleApplication[] {
  const [first, end] = [from / GROUP_SIZE, Math.ceil(to / GROUP_SIZE)];
  const groups = Array.from({ length: end - first }, (_, offset) => createGroup(seed, first + offset, mix));
  return groups.flat().slice(0, to - from);
}
