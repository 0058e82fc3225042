import type { ConvClient } from '../../../client/create-client';
import type { ApplicationWithState } from '../../../client/schema';
import type { ApplicationQuery } from '../../../applications/list';
import type { ApplicationView } from '../../../lib/domain';
import { needsNextStep } from '../../../lib/next-step';
import type { Page } from '../../../lists/page';
import { printNotice, type Io } from '../../io';
import type { ApplicationBackend, ShownApplication } from '../backend';
import { callConv, toQuery, unlessForbidden } from './call';

/** Lists applications; with `include` also what a replay would do with each. */
export function listRemoteApplications(
  client: ConvClient,
  query: ApplicationQuery,
  include?: 'replay',
): Promise<Page<ApplicationWithState>> {
  const filter = { ...toQuery(query), ...(include && { include: [include] }) };
  return callConv(client.GET('/applications', { params: { query: filter } }));
}

/** Reads one application with the named parts of its state. */
export function readRemoteApplication(
  client: ConvClient,
  id: string,
  include: ('replay' | 'dismissal' | 'blocking_conversation')[] = [],
): Promise<ApplicationWithState> {
  const query = include.length > 0 ? { include } : {};
  return callConv(client.GET('/applications/{id}', { params: { path: { id }, query } }));
}

/** Returns the fields of the application alone. */
export function withoutState(answer: ApplicationWithState): ApplicationView {
  const { id, job_id, candidate_id, status, reason, conversation_id, received_at, processed_at } = answer;
  return { id, job_id, candidate_id, status, reason, conversation_id, received_at, processed_at };
}

function toShown(answer: ApplicationWithState, withNextStep: boolean): ShownApplication {
  const { replay, dismissal = null, blocking_conversation: blocking } = answer;
  const application = withoutState(answer);
  const obstacle = replay === 'ERASED' || replay === 'PAYLOAD_REMOVED' ? replay : null;
  const isKnown = withNextStep && needsNextStep(application) && blocking !== undefined;
  return { application, dismissal, nextStep: isKnown ? { obstacle, blocking } : null };
}

/** Applications of a conv elsewhere. */
export function remoteApplications(io: Io, client: ConvClient): ApplicationBackend {
  return {
    list: (query) => listRemoteApplications(client, query),
    async show(id, withNextStep) {
      if (!withNextStep) return toShown(await readRemoteApplication(client, id, ['dismissal']), false);
      const answer = await unlessForbidden(
        () => readRemoteApplication(client, id, ['replay', 'dismissal', 'blocking_conversation']),
        async (why) => {
          const withoutConversation = await readRemoteApplication(client, id, ['dismissal']);
          if (needsNextStep(withoutConversation)) printNotice(io, `conv: the next step is not shown: ${why}`);
          return withoutConversation;
        },
      );
      return toShown(answer, true);
    },
  };
}
