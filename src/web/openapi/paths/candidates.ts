import { etagHeader } from '../headers';
import { ifNoneMatch, pathId } from '../parameters';
import { anyOther, json, lacksScope, notModified, problems, TOKEN_PROBLEMS } from '../responses';
import type { Paths } from '../types';

/** The operations of candidates. */
export const candidatePaths: Paths = {
  '/candidates/{id}': {
    get: {
      operationId: 'readCandidate',
      summary: "Read a candidate's personal data",
      description: 'Each read is logged with the token and the id of the candidate.',
      tags: ['Candidates'],
      security: [{ token: ['candidates:read'] }],
      parameters: [pathId('candidate-1'), ifNoneMatch],
      responses: {
        200: json('The candidate', 'Candidate', etagHeader),
        304: notModified(etagHeader),
        ...problems([...TOKEN_PROBLEMS, 'NOT_FOUND', 'GONE'], {
          FORBIDDEN: lacksScope('candidates:read'),
          NOT_FOUND: 'there is no candidate "candidate-1"',
          GONE: 'the personal data of candidate "candidate-1" was erased at 2026-01-31T09:30:00.000Z',
        }),
        ...anyOther,
      },
    },
  },
};
