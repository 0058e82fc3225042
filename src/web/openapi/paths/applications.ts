import { OUTCOME_STATUSES, REJECTION_REASONS } from '../../../lib/domain';
import { encodingHeaders, etagHeader, linkHeader, varyHeader } from '../headers';
import {
  idQuery,
  ifNoneMatch,
  includeReplayQuery,
  includeStateQuery,
  noCache,
  pageQuery,
  pathId,
  query,
  timeQuery,
  wordsQuery,
} from '../parameters';
import { anyOther, json, lacksScope, notModified, problems, TOKEN_PROBLEMS, WRONG_LIMIT } from '../responses';
import type { Paths } from '../types';

const tags = ['Applications'];
const forbidden = lacksScope('applications:read', 'conversations:read');
const notFound = 'there is no application "application-1"';
const canRead = [{ token: ['applications:read'] }, { token: ['conversations:read'] }];

/** The operations of applications. */
export const applicationPaths: Paths = {
  '/applications': {
    get: {
      operationId: 'listApplications',
      summary: 'List applications that have an outcome, by time of receipt',
      tags,
      security: canRead,
      parameters: [
        ...pageQuery,
        wordsQuery('status', 'Only applications with this status', OUTCOME_STATUSES),
        wordsQuery('reason', 'Only applications with this reason', REJECTION_REASONS),
        idQuery('candidate_id'),
        idQuery('job_id'),
        timeQuery('received_after', 'Received at this time or later'),
        timeQuery('received_before', 'Received before this time'),
        query('dismissed', 'Only dismissed failures, or all but them; without it both', { type: 'boolean' }),
        includeReplayQuery,
        noCache,
      ],
      responses: {
        200: json('A page', 'ApplicationPage', { ...linkHeader, ...encodingHeaders }),
        ...problems([...TOKEN_PROBLEMS, 'QUEUE_UNAVAILABLE', 'INVALID'], {
          FORBIDDEN: forbidden,
          INVALID: WRONG_LIMIT,
        }),
        ...anyOther,
      },
    },
  },
  '/applications/{id}': {
    get: {
      operationId: 'readApplication',
      summary: 'Read an application and its outcome',
      tags,
      security: canRead,
      parameters: [pathId('application-1'), includeStateQuery, ifNoneMatch, noCache],
      responses: {
        200: json('The application', 'ApplicationWithState', { ...etagHeader, ...encodingHeaders }),
        304: notModified({ ...etagHeader, ...varyHeader }),
        ...problems([...TOKEN_PROBLEMS, 'QUEUE_UNAVAILABLE', 'NOT_FOUND', 'INVALID'], {
          FORBIDDEN: forbidden,
          NOT_FOUND: notFound,
          INVALID: {
            pointer: '/include',
            code: 'UNKNOWN_VALUE',
            detail: 'invalid value "replays": expected replay, dismissal or blocking_conversation',
          },
        }),
        ...anyOther,
      },
    },
  },
  '/applications/{id}/replay': {
    post: {
      operationId: 'replayApplication',
      summary: 'Process a FAILED, REJECTED or DEFERRED application again',
      tags,
      security: [{ token: ['applications:write'] }],
      parameters: [pathId('application-1')],
      responses: {
        202: json('Queued again, or still queued', 'Application'),
        ...problems([...TOKEN_PROBLEMS, 'QUEUE_UNAVAILABLE', 'NOT_FOUND', 'CONFLICT', 'ERASED'], {
          FORBIDDEN: lacksScope('applications:write'),
          NOT_FOUND: notFound,
          CONFLICT:
            'application application-1 is ACCEPTED: its conversation is 01a22209-2630-7369-8f6a-b1823b7f9f21',
          ERASED: "application application-1 cannot be replayed: the candidate's personal data was erased",
        }),
        ...anyOther,
      },
    },
  },
};
