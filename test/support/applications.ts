import { processApplications, processOne, type ProcessedApplication } from '../../src/applications/process';
import { recordFailure } from '../../src/applications/record-failure';
import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent, ConversationStatus } from '../../src/lib/domain';
import type { Outcome } from '../../src/queue/applications';
import type { TestDatabase } from './database';
import { applicationEvent, jobData } from './factories';

/** Processes one application directly, without queue and worker, and returns its outcome. */
export async function processApplication(...args: Parameters<typeof processOne>): Promise<Outcome> {
  return (await processOne(...args)).outcome;
}

/** Processes the application of an event, as processApplication does. */
export function processEvent(
  { database }: TestDatabase,
  overrides: Partial<ApplicationEvent> = {},
  receivedAt = new Date(),
): Promise<Outcome> {
  return processApplication(
    database,
    jobData(applicationEvent(overrides), { received_at: receivedAt.toISOString() }),
  );
}

/** Processes applications in one batch; none of them may be erased. */
export async function processBatch(
  ...batch: Parameters<typeof processApplications>
): Promise<ProcessedApplication[]> {
  const results = await processApplications(...batch);
  return results.map((result) => {
    if (result instanceof Error) throw result;
    return result;
  });
}

/** Creates a conversation in this status, by default of a new candidate. Returns its id. */
export async function createConversation(
  stores: TestDatabase,
  status: ConversationStatus = 'CREATED',
  overrides: Partial<ApplicationEvent> = {},
): Promise<string> {
  const { conversation_id } = await processEvent(stores, overrides);
  if (!conversation_id) throw new Error('the application was rejected');
  if (status !== 'CREATED') await moveConversation(stores.database, conversation_id, 'ONGOING');
  if (status === 'COMPLETED') await moveConversation(stores.database, conversation_id, 'COMPLETED');
  return conversation_id;
}

/** Creates a REJECTED application. Returns its event, and in `active` the id of the conversation that caused the rejection. */
export async function createRejected(stores: TestDatabase): Promise<ApplicationEvent & { active: string }> {
  const { candidate_id } = applicationEvent();
  const active = await createConversation(stores, 'CREATED', { candidate_id });
  const event = applicationEvent({ candidate_id });
  await processEvent(stores, event);
  return { ...event, active };
}

/** Creates a FAILED application. Returns its event. */
export async function createFailed(
  { database }: TestDatabase,
  reason = 'it broke',
): Promise<ApplicationEvent> {
  const event = applicationEvent();
  await recordFailure(database, jobData(event), reason);
  return event;
}

/** Creates FAILED applications with the same error. Returns their ids. */
export async function createFailures(stores: TestDatabase, reason: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push((await createFailed(stores, reason)).id);
  return ids;
}
