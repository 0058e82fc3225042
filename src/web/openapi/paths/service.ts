import { SCOPES } from '../../../lib/domain';
import { GUIDES } from '../../docs/guides';
import { encodingHeaders, requestIdHeader, loginLocationHeader } from '../headers';
import { anyOther, json, lacksScope, problems, TOKEN_PROBLEMS } from '../responses';
import type { Paths, ResponseObject } from '../types';

const tags = ['Service'];

const page: ResponseObject = {
  description: 'A page',
  headers: { ...requestIdHeader, ...encodingHeaders },
  content: { 'text/html': { schema: { type: 'string' } } },
};

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
      responses: {
        200: json('They do', 'Ready'),
        ...problems(['NOT_READY'], { NOT_READY: 'failing: database' }),
        ...anyOther,
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'readMetrics',
      summary: 'Read the metrics of all processes, for Prometheus',
      tags,
      security: [{ token: ['metrics:read'] }],
      responses: {
        200: {
          description: "Prometheus' text format 0.0.4",
          headers: { ...requestIdHeader, ...encodingHeaders },
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        ...problems(TOKEN_PROBLEMS, { FORBIDDEN: lacksScope('metrics:read') }),
        ...anyOther,
      },
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
          headers: { ...requestIdHeader, ...encodingHeaders },
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...anyOther,
      },
    },
  },
  '/docs': {
    get: {
      operationId: 'openReference',
      summary: 'Open this reference as a web page',
      tags,
      security: [],
      responses: { 200: page, ...anyOther },
    },
  },
  '/docs/assets/{file}': {
    get: {
      operationId: 'readAsset',
      summary: 'Read a file that the web page loads',
      description: 'Its name contains a checksum of its content, so caches may keep it.',
      tags,
      security: [],
      parameters: [
        {
          name: 'file',
          in: 'path',
          description: 'As in the page',
          required: true,
          schema: { type: 'string', example: 'reference-0123456789ab.css' },
        },
      ],
      responses: {
        200: {
          description: 'The file',
          headers: { ...requestIdHeader, ...encodingHeaders },
          content: {
            'text/css': { schema: { type: 'string' } },
            'text/javascript': { schema: { type: 'string' } },
          },
        },
        ...problems(['NOT_FOUND'], {
          NOT_FOUND: 'there is no file "reference.css"; load the page /docs again',
        }),
        ...anyOther,
      },
    },
  },
  '/docs/guides/{name}': {
    get: {
      operationId: 'readGuide',
      summary: 'Read a guide for integrators',
      tags,
      security: [],
      parameters: [
        {
          name: 'name',
          in: 'path',
          description: 'Which guide',
          required: true,
          schema: { type: 'string', enum: GUIDES.map(({ name }) => name) },
        },
      ],
      responses: {
        200: page,
        ...problems(['NOT_FOUND'], {
          NOT_FOUND: `there is no guide "webhook": expected ${GUIDES.map(({ name }) => name).join(', ')}`,
        }),
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
        ...problems(['NOT_AUTHENTIC', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE', 'SCHEMA_INCOMPLETE']),
        ...anyOther,
      },
    },
  },
  '/admin/queues': {
    get: {
      operationId: 'openQueueBoard',
      summary: 'Open Bull Board, the queues as web pages',
      description:
        'HTTP Basic: any user name, and a token with queues:admin as password; or the session of a login at /admin/login.',
      tags,
      security: [{ password: ['queues:admin'] }],
      responses: {
        200: page,
        303: {
          ...page,
          description: 'A browser (Accept: text/html) without credentials is sent to the login',
          headers: { ...requestIdHeader, ...loginLocationHeader },
        },
        ...problems(['NOT_AUTHENTIC', 'FORBIDDEN', 'RATE_LIMITED', 'DATABASE_UNAVAILABLE'], {
          FORBIDDEN: lacksScope('queues:admin'),
        }),
        ...anyOther,
      },
    },
  },
};
