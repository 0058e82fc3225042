import { locationHeader, rateHeaders, replayedHeader, requestIdHeader } from '../headers';
import { header, query } from '../parameters';
import { anyOther, json, lacksScope, problems, type ProblemExamples } from '../responses';
import { ref } from '../schema-parts';
import type { Paths, ResponseObject } from '../types';

const signatureHeaders = ['webhook', 'svix'].flatMap((prefix) => [
  header(`${prefix}-id`, 'The id of the message, with a signature'),
  header(`${prefix}-timestamp`, 'Seconds since 1970, with a signature'),
  header(`${prefix}-signature`, 'v1, and HMAC-SHA256 in base64 (Standard Webhooks)'),
]);

/** Adds the headers that answers have if RATE_LIMIT is set. */
function withRateHeaders(responses: Record<string, ResponseObject>): Record<string, ResponseObject> {
  const entries = Object.entries(responses).map(([status, response]) => [
    status,
    { ...response, headers: { ...response.headers, ...rateHeaders } },
  ]);
  return Object.fromEntries(entries) as Record<string, ResponseObject>;
}

const EXAMPLES: ProblemExamples = {
  NOT_AUTHENTIC: 'webhook-signature matches none of the configured secrets',
  FORBIDDEN: lacksScope('applications:write'),
  CONFLICT: 'application application-1 was received before with a different payload',
  INVALID: {
    pointer: '/candidate/email_address',
    code: 'INVALID_EMAIL',
    detail: 'must be an email address such as jane.doe@example.com',
  },
  RATE_LIMITED: 'a sender may send 100 requests in 60 s: try again in 58 s',
};

/** The operation of senders. */
export const webhookPaths: Paths = {
  '/webhooks/applications': {
    post: {
      operationId: 'sendApplication',
      summary: 'Send an application',
      description:
        'When the answer is 202, the application is stored and will get an outcome. A redelivery is safe.\n\n' +
        'A browser cannot sign: try this with a token with `applications:write`, and `dry_run` true to store nothing. ' +
        'To sign, see [Send your first webhook](/docs/guides/first-webhook). If a request has a token and a signature, only the token is checked.',
      tags: ['Applications'],
      security: [{ signature: [] }, { token: ['applications:write'] }],
      parameters: [
        query(
          'dry_run',
          'Checks the request and enqueues nothing. The id is not compared with earlier applications: 200 also where the application itself would be a 409',
          { type: 'boolean', default: false },
        ),
        ...signatureHeaders,
        header('X-Request-Id', 'Appears in the answer and in the log'),
        header(
          'traceparent',
          'W3C Trace Context: the trace goes on to the push, if the operator records traces',
        ),
        header('tracestate', 'Goes with traceparent'),
      ],
      requestBody: { required: true, content: { 'application/json': { schema: ref('ApplicationEvent') } } },
      responses: withRateHeaders({
        200: { ...json('dry_run: what would be stored', 'StoredApplicationEvent'), headers: requestIdHeader },
        202: json('Accepted, or received before', 'Application', { ...locationHeader, ...replayedHeader }),
        ...problems(
          [
            'MALFORMED',
            'NOT_AUTHENTIC',
            'FORBIDDEN',
            'CONFLICT',
            'TOO_LARGE',
            'NOT_JSON',
            'INVALID',
            'RATE_LIMITED',
            'QUEUE_FULL',
            'QUEUE_UNAVAILABLE',
            'DATABASE_UNAVAILABLE',
            'SCHEMA_INCOMPLETE',
          ],
          EXAMPLES,
        ),
        ...anyOther,
      }),
    },
  },
};
