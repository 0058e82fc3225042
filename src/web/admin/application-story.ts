import { findApplication, findDespiteQueueOutage } from '../../applications/find';
import { findDismissal } from '../../applications/dismiss';
import { findNextStepFacts } from '../../applications/next-step';
import { getConversation } from '../../conversations/list';
import { findApplicationEvents } from '../../events/application-events';
import { findDueDeliveries } from '../../events/application-deliveries';
import type { ApplicationView, ConversationView } from '../../lib/domain';
import { describeNextStep, type NextStep } from '../../lib/next-step';
import { findJobHistory, type JobHistory } from '../../queue/job-history';
import { findNextAttempts } from '../../queue/next-attempts';
import { queueStats } from '../../queue/stats';
import type { WebDeps } from '../context';
import { collectAvailable, type Available } from './available';
import { describePush } from './describe-push';
import { findPerson, UNKNOWN_PERSON } from './find-person';
import type { Person } from './people';
import { buildTimeline, type TimelineEntry } from './timeline';
import { describeWaiting } from './waiting';

/** Everything that a page shows of one application. */
export interface ApplicationStory {
  application: ApplicationView;
  person: Person;
  conversation: ConversationView | null;
  /** Why there is no conversation, and what to do; null if there is one. */
  nextStep: NextStep | null;
  /** Whether the event of the conversation's creation was pushed; null if that is unknown. */
  creationPush: string | null;
  timeline: TimelineEntry[];
  /** What is missing because a store is unavailable. */
  notices: string[];
}

/** Reads what PostgreSQL knows beside the application itself. */
function readStored({ database, push }: WebDeps, application: ApplicationView, { tryRead }: Available) {
  const { id, conversation_id } = application;
  const dueTimes = (ids: readonly string[]) =>
    tryRead('the next attempts of pushes', () => findNextAttempts(push, ids), new Map<string, Date>());
  return Promise.all([
    findApplicationEvents(database, id),
    findDueDeliveries(database, id, dueTimes),
    findDismissal(database, id),
    findNextStepFacts(database, application),
    conversation_id === null ? null : getConversation(database, conversation_id),
  ]);
}

async function readWaiting(
  { queue }: WebDeps,
  job: JobHistory | null,
  { tryRead }: Available,
): Promise<NextStep> {
  const stats = await tryRead('the queue', () => queueStats(queue), null);
  return { text: describeWaiting(job, stats), command: null, blocking: null };
}

/**
 * Reads the whole story of an application. While one store is unavailable, it is what the other one knows.
 * @throws ConvError NOT_FOUND; DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE if the application itself cannot be read
 */
export async function readApplicationStory(deps: WebDeps, id: string): Promise<ApplicationStory> {
  const { database, queue } = deps;
  const available = collectAvailable();
  const { tryRead, notices } = available;
  const { application, outage } = await findDespiteQueueOutage(database, id, () =>
    findApplication(database, queue, id),
  );
  if (outage && application.status !== 'ACCEPTED')
    notices.push(`this is the outcome in PostgreSQL, which a replay may be replacing: ${outage.detail}`);
  const candidate = { person: UNKNOWN_PERSON, erasedAt: null };
  const [job, stored, { person: known, erasedAt }] = await Promise.all([
    tryRead('attempts to process it', () => findJobHistory(queue, id), null),
    tryRead('events, pushes and next step', () => readStored(deps, application, available), null),
    tryRead('the candidate', () => findPerson(database, application.candidate_id), candidate),
  ]);
  const [events, deliveries, dismissal, facts, conversation] = stored ?? [[], null, null, null, null];
  const pushes = stored && { deliveries };
  const creation = events.find(({ type }) => type === 'conversation.created');
  // An application that waits or FAILED may have no row of its candidate.
  const person = known.phone_number === null && erasedAt === null ? (job?.candidate ?? known) : known;
  const waiting = application.status === 'QUEUED' ? await readWaiting(deps, job, available) : null;
  return {
    application,
    person,
    conversation,
    nextStep: waiting ?? (facts && describeNextStep(application, facts)),
    creationPush: creation && pushes ? describePush(creation.id, pushes).join('; ') : null,
    timeline: buildTimeline({ application, job, events, pushes, dismissal, erasedAt }),
    notices,
  };
}
