import { CONVERSATION_STATUSES } from '../../../lib/domain';
import { encodingHeaders, etagHeader, linkHeader, varyHeader } from '../headers';
import {
  header,
  idQuery,
  ifNoneMatch,
  includeQuery,
  includeRelatedQuery,
  noCache,
  pageQuery,
  pathId,
  timeQuery,
  wordsQuery,
} from '../parameters';
import { anyOther, json, lacksScope, notModified, problems, TOKEN_PROBLEMS, WRONG_LIMIT } from '../responses';
import { ref } from '../schema-parts';
import type { Operation, Paths } from '../types';

const forbidden = lacksScope('conversations:read');
const notFound = 'there is no conversation "01a22209-2630-7369-8f6a-b1823b7f9f21"';
const tags = ['Conversations'];
const canRead = [{ token: ['conversations:read'] }];
const id = pathId('01a22209-2630-7369-8f6a-b1823b7f9f21');

const move: Operation = {
  operationId: 'moveConversation',
  summary: 'Move a conversation one step on',
  description:
    'Moving to the status that it already has changes nothing and is answered with 200.\n\n' +
    'Both kinds of `Busy` (503) changed nothing, so the move can be repeated. `contention`: another transaction holds the rows ' +
    "of the candidate. `concurrent-change`: the move to COMPLETED processes the candidate's deferred applications, and another worker " +
    'processed one of them at the same time.',
  tags,
  security: [{ token: ['conversations:write'] }],
  parameters: [
    id,
    header('If-Match', 'The ETag of the conversation as you know it; another one is not moved'),
  ],
  requestBody: { required: true, content: { 'application/json': { schema: ref('Move') } } },
  responses: {
    200: json('The conversation', 'Conversation', etagHeader),
    ...problems(
      [
        ...TOKEN_PROBLEMS,
        'CONTENTION',
        'CONCURRENT_CHANGE',
        'MALFORMED',
        'NOT_FOUND',
        'CONFLICT',
        'PRECONDITION_FAILED',
        'TOO_LARGE',
        'NOT_JSON',
        'INVALID',
      ],
      {
        FORBIDDEN: lacksScope('conversations:write'),
        NOT_FOUND: notFound,
        CONFLICT: 'cannot move to COMPLETED: a conversation that is CREATED can only move to ONGOING',
        PRECONDITION_FAILED:
          'the conversation is not the one that If-Match names: it has changed, so read it again',
        INVALID: {
          pointer: '/status',
          code: 'UNKNOWN_VALUE',
          detail: 'invalid value "DONE": expected CREATED, ONGOING or COMPLETED',
        },
      },
    ),
    ...anyOther,
  },
};

/** The operations of conversations. */
export const conversationPaths: Paths = {
  '/conversations': {
    get: {
      operationId: 'listConversations',
      summary: 'List conversations by time of creation',
      tags,
      security: canRead,
      parameters: [
        ...pageQuery,
        wordsQuery('status', 'Only conversations with this status', CONVERSATION_STATUSES),
        idQuery('candidate_id'),
        idQuery('job_id'),
        idQuery('application_id'),
        timeQuery('created_after', 'Created at this time or later'),
        timeQuery('created_before', 'Created before this time'),
        timeQuery('updated_after', 'Changed at this time or later'),
        includeQuery,
        noCache,
      ],
      responses: {
        200: json('A page', 'ConversationPage', { ...linkHeader, ...encodingHeaders }),
        ...problems([...TOKEN_PROBLEMS, 'INVALID'], { FORBIDDEN: forbidden, INVALID: WRONG_LIMIT }),
        ...anyOther,
      },
    },
  },
  '/conversations/{id}': {
    get: {
      operationId: 'readConversation',
      summary: 'Read a conversation',
      tags,
      security: canRead,
      parameters: [id, includeRelatedQuery, ifNoneMatch, noCache],
      responses: {
        200: json('The conversation', 'ConversationWithRelated', { ...etagHeader, ...encodingHeaders }),
        304: notModified({ ...etagHeader, ...varyHeader }),
        ...problems([...TOKEN_PROBLEMS, 'NOT_FOUND', 'INVALID'], {
          FORBIDDEN: forbidden,
          NOT_FOUND: notFound,
          INVALID: {
            pointer: '/include',
            code: 'UNKNOWN_VALUE',
            detail: 'invalid value "event": expected candidate, application, events or deliveries',
          },
        }),
        ...anyOther,
      },
    },
    patch: move,
  },
};
