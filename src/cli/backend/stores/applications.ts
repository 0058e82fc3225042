import { findDismissal } from '../../../applications/dismiss';
import { findApplication, findDespiteQueueOutage, findOutcome } from '../../../applications/find';
import { listApplications } from '../../../applications/list';
import { findNextStepFacts } from '../../../applications/next-step';
import type { ApplicationView } from '../../../lib/domain';
import type { Database } from '../../../models/connect';
import type { ApplicationQueue } from '../../../queue/applications';
import type { ApplicationBackend } from '../backend';

/** Runs `work` with the queue of applications. */
type WithQueue = <T>(work: (queue: ApplicationQueue) => Promise<T>) => Promise<T>;
type Notify = (notice: string) => void;

/** Returns an application. While Redis is unavailable, it is the outcome in PostgreSQL, with a notice unless it is final. */
async function find(
  database: Database,
  withQueue: WithQueue,
  notify: Notify,
  id: string,
): Promise<ApplicationView> {
  const outcome = await findOutcome(database, id);
  if (outcome?.status === 'ACCEPTED') return outcome;
  const { application, outage } = await findDespiteQueueOutage(database, id, () =>
    withQueue((queue) => findApplication(database, queue, id)),
  );
  if (outage) notify(`${outage.detail}; this is the outcome in PostgreSQL, which a replay may be replacing`);
  return application;
}

/** Applications in PostgreSQL, and in the queue, which is opened for the ones that are not ACCEPTED. */
export function storedApplications(
  database: Database,
  withQueue: WithQueue,
  notify: Notify,
): ApplicationBackend {
  return {
    list: (query) => listApplications(database, query),
    async show(id, withNextStep) {
      const application = await find(database, withQueue, notify, id);
      const dismissal = await findDismissal(database, id);
      const nextStep = withNextStep ? await findNextStepFacts(database, application) : null;
      return { application, dismissal, nextStep };
    },
  };
}
