import { SCOPES } from '../../../lib/domain';
import { requestIdHeader } from '../headers';
import { anyOther, json, problems } from '../responses';
import type { Paths } from '../types';

const tags = ['Service'];

/** Health, the description itself, and the pages of operators. */
export const servicePaths: Paths = {
  '/livez': {
    get: {
      operationId: 'checkLive',
      summary: 'Check that the process answers',
      tags,
      security: [],
      responses: { 200: json('It does', 'Live'), ...anyOther },
    },
  },
  '/readyz': {
    get: {
      operationId: 'checkReady',
      summary: 'Check that both stores work',
      tags,
      security: [],
      responses: { 200: json('They do', 'Ready'), ...problems('NOT_READY'), ...anyOther },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'readDescription',
      summary: 'Read this description',
      tags,
      security: [],
      responses: {
        200: {
          description: 'OpenAPI 3.1',
          headers: requestIdHeader,
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...anyOther,
      },
    },
  },
  '/token': {
    get: {
      operationId: 'readToken',
      summary: 'Read the name and the scopes of the token that the request carries',
      tags,
      security: SCOPES.map((scope) => ({ token: [scope] })),
      responses: {
        200: json('The token, without its secret', 'Token'),
        ...problems('NOT_AUTHENTIC', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE', 'SCHEMA_INCOMPLETE'),
        ...anyOther,
      },
    },
  },
  '/admin/queues': {
    get: {
      operationId: 'openQueueBoard',
      summary: 'Open Bull Board, the queues as web pages',
      description: 'HTTP Basic: any user name, and a token with queues:admin as password.',
      tags,
      security: [{ password: ['queues:admin'] }],
      responses: {
        200: {
          description: 'A page',
          headers: requestIdHeader,
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        ...problems('NOT_AUTHENTIC', 'FORBIDDEN', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE'),
        ...anyOther,
      },
    },
  },
};
