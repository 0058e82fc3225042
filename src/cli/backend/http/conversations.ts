import type { ConvClient } from '../../../client/create-client';
import type { ConversationWithRelated } from '../../../client/schema';
import type { CandidateDetails } from '../../../conversations/show';
import type { ConversationView } from '../../../lib/domain';
import { printNotice, type Io } from '../../io';
import type { ConversationBackend, ShownConversation } from '../backend';
import { callConv, toQuery, unlessForbidden } from './call';

const RELATED = ['application', 'events', 'deliveries'] as const;

const NO_PERSONAL_DATA = { phone_number: null, first_name: null, last_name: null, email_address: null };

/** Returns a candidate as the stores show it: after an erasure with its time, and without personal data. */
function toDetails({
  candidate,
  candidate_erased_at: erased_at,
  candidate_id: id,
}: ConversationWithRelated): CandidateDetails | null {
  if (candidate) return { ...candidate, erased_at: erased_at ?? null };
  return erased_at === undefined ? null : { id, ...NO_PERSONAL_DATA, erased_at };
}

function pickConversation(answer: ConversationWithRelated): ConversationView {
  const { id, application_id, candidate_id, job_id, status, created_at, updated_at } = answer;
  return { id, application_id, candidate_id, job_id, status, created_at, updated_at };
}

function toShown(answer: ConversationWithRelated): ShownConversation {
  const { application, events, deliveries } = answer;
  return {
    conversation: pickConversation(answer),
    candidate: toDetails(answer),
    application: application ?? null,
    events: events ?? [],
    deliveries: deliveries ?? null,
  };
}

/** Conversations of a conv elsewhere. */
export function remoteConversations(io: Io, client: ConvClient): ConversationBackend {
  const read = (id: string, include: ('candidate' | (typeof RELATED)[number])[]) =>
    callConv(client.GET('/conversations/{id}', { params: { path: { id }, query: { include } } }));

  return {
    list: (query) => callConv(client.GET('/conversations', { params: { query: toQuery(query) } })),
    move: (id, status) =>
      callConv(client.PATCH('/conversations/{id}', { params: { path: { id } }, body: { status } })),
    async show(id) {
      const answer = await unlessForbidden(
        () => read(id, ['candidate', ...RELATED]),
        async (why) => {
          const withoutCandidate = await read(id, [...RELATED]);
          printNotice(io, `conv: personal data is not shown: ${why}`);
          return withoutCandidate;
        },
      );
      return toShown(answer);
    },
  };
}
