import { randomUUID } from 'node:crypto';
import type { ApplicationEvent, StoredApplicationEvent } from '../../src/lib/domain';
import { newId } from '../../src/lib/ids';
import type { ApplicationJobData } from '../../src/queue/applications';

export const CANDIDATE: ApplicationEvent['candidate'] = {
  phone_number: '+14155552671',
  first_name: 'Jane',
  last_name: 'Doe',
  email_address: 'jane.doe@example.com',
};

/** Creates a valid event with unique ids. */
export function applicationEvent(overrides: Partial<ApplicationEvent> = {}): ApplicationEvent {
  const unique = randomUUID();
  return {
    id: `application-${unique}`,
    job_id: `job-${unique}`,
    candidate_id: `candidate-${unique}`,
    candidate: { ...CANDIDATE },
    ...overrides,
  };
}

/** Creates the data of an event's job, as the webhook adds it. */
export function jobData(
  event: StoredApplicationEvent,
  overrides: Partial<ApplicationJobData> = {},
): ApplicationJobData {
  const { id, createdAt } = newId();
  return { event, received_at: createdAt.toISOString(), request_id: 'test', delivery_id: id, ...overrides };
}
