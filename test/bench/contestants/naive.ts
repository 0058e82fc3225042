import { presentApplication, presentConversation } from '../../../src/lib/present';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { newId } from '../../../src/lib/ids';
import { connectDatabase, type Database } from '../../../src/models/connect';

type Result = { status: 'ACCEPTED' | 'REJECTED'; reason: string | null; conversation_id: string | null };

async function rejectionReason(
  database: Database,
  event: ApplicationEvent,
  options: object,
): Promise<string | null> {
  const where = { candidateId: event.candidate_id };
  const same = await database.conversations.findOne({ where: { ...where, jobId: event.job_id }, ...options });
  if (same) return 'DUPLICATE_APPLICATION';
  const active = await database.conversations.findOne({
    where: { ...where, status: ['CREATED', 'ONGOING'] },
    ...options,
  });
  return active ? 'ACTIVE_CONVERSATION' : null;
}

/** The straightforward way: models and `findOrCreate`, one step after the other, in a transaction. */
export function naiveDecide(database: Database, event: ApplicationEvent, receivedAt: Date): Promise<Result> {
  return database.sequelize.transaction(async (transaction) => {
    const options = { transaction };
    const known = await database.applications.findByPk(event.id, options);
    if (known) return presentApplication(known) as Result;
    const { candidate } = event;
    await database.candidates.findOrCreate({
      where: { id: event.candidate_id },
      defaults: {
        phoneNumber: candidate.phone_number,
        firstName: candidate.first_name,
        lastName: candidate.last_name,
        emailAddress: candidate.email_address,
      },
      transaction,
    });
    const reason = await rejectionReason(database, event, options);
    const conversation = newId();
    const at = { createdAt: conversation.createdAt, updatedAt: conversation.createdAt };
    const [created] =
      reason === null
        ? await database.conversations.findOrCreate({
            where: { candidateId: event.candidate_id, jobId: event.job_id },
            defaults: { id: conversation.id, applicationId: event.id, status: 'CREATED', ...at },
            transaction,
          })
        : [null];
    const application = await database.applications.create(
      {
        id: event.id,
        jobId: event.job_id,
        candidateId: event.candidate_id,
        status: created ? 'ACCEPTED' : 'REJECTED',
        reason,
        conversationId: created?.id ?? null,
        payload: event,
        receivedAt,
        processedAt: new Date(),
      },
      options,
    );
    await database.events.create(
      {
        ...newId(),
        type: created ? 'conversation.created' : 'application.rejected',
        applicationId: event.id,
        data: created ? presentConversation(created) : presentApplication(application),
      },
      options,
    );
    return presentApplication(application) as Result;
  });
}

/** @param poolSize one connection per concurrent application */
export function connectNaive(url: string, poolSize: number): Database {
  return connectDatabase(url, { poolSize, applicationName: 'naive' });
}
