import { Op } from 'sequelize';
import type { ApplicationView, ConversationView } from '../lib/domain';
import { presentConversation } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/**
 * Returns the conversation because of which an application would be refused now: the candidate's conversation for the same job,
 * which is final, else the candidate's active one. Null if there is none.
 */
export function findBlockingConversation(
  database: Database,
  { candidate_id: candidateId, job_id: jobId }: ApplicationView,
): Promise<ConversationView | null> {
  return withDatabaseErrors(async () => {
    const where = { candidateId, [Op.or]: [{ jobId }, { status: ['CREATED', 'ONGOING'] }] };
    const found = await database.conversations.findAll({ where });
    const blocking = found.find((conversation) => conversation.jobId === jobId) ?? found[0];
    return blocking ? presentConversation(blocking) : null;
  });
}
