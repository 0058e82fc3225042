import { findBlockingConversation } from '../../../applications/blocking-conversation';
import { findDismissal } from '../../../applications/dismiss';
import { findApplication, findOutcome } from '../../../applications/find';
import { listApplications } from '../../../applications/list';
import { findStoredObstacles } from '../../../applications/replayability';
import type { ApplicationView } from '../../../lib/domain';
import { ConvError } from '../../../lib/errors';
import type { Database } from '../../../models/connect';
import { printNotice, type Io } from '../../io';
import { withQueue } from '../../stores';
import { needsNextStep, type ApplicationBackend, type NextStepFacts } from '../backend';

/**
 * Returns an application. While Redis is unavailable, its outcome in PostgreSQL is the answer: the final one as it is, any other
 * with a notice that a replay may be replacing it.
 */
async function find(io: Io, database: Database, id: string): Promise<ApplicationView> {
  const outcome = await findOutcome(database, id);
  if (outcome?.status === 'ACCEPTED') return outcome;
  try {
    return await withQueue(io, (queue) => findApplication(database, queue, id));
  } catch (error) {
    if (!outcome || !(error instanceof ConvError) || error.code !== 'QUEUE_UNAVAILABLE') throw error;
    printNotice(io, `${error.detail}; this is the outcome in PostgreSQL, which a replay may be replacing`);
    return outcome;
  }
}

async function findFacts(database: Database, application: ApplicationView): Promise<NextStepFacts> {
  const { id } = application;
  const obstacles = await findStoredObstacles(database, [id]);
  return {
    obstacle: obstacles.get(id) ?? null,
    blocking: await findBlockingConversation(database, application),
  };
}

/** Applications in PostgreSQL, and in the queue, which is opened for the ones that are not ACCEPTED. */
export function storedApplications(io: Io, database: Database): ApplicationBackend {
  return {
    list: (query) => listApplications(database, query),
    async show(id, withNextStep) {
      const application = await find(io, database, id);
      const dismissal = await findDismissal(database, id);
      const isAsked = withNextStep && needsNextStep(application);
      return { application, dismissal, nextStep: isAsked ? await findFacts(database, application) : null };
    },
  };
}
