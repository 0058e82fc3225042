import { ERROR_KINDS, type ErrorCode, type FieldProblem } from '../../lib/errors';
import type { Scope } from '../../lib/domain';
import { listAlternatives } from '../../lib/text';
import { problemType } from '../middleware/problem';
import { authenticateHeader, requestIdHeader, retryHeader } from './headers';
import { object, ref } from './schema-parts';
import type { Json, ResponseObject } from './types';

/** What the examples of an operation show: the detail of each code, and of INVALID the wrong field. */
export type ProblemExamples = Partial<Record<Exclude<ErrorCode, 'INVALID'>, string>> & {
  INVALID?: FieldProblem;
};

/** Details that are the same for all operations. */
const DETAILS: ProblemExamples = {
  MALFORMED: 'the body is not valid JSON in UTF-8',
  NOT_AUTHENTIC: 'the token is unknown, expired or revoked',
  TOO_LARGE: 'the body is larger than 64 KiB',
  NOT_JSON: 'send the body with Content-Type: application/json',
  CONTENTION: 'the database is busy',
  CONCURRENT_CHANGE: 'another worker processed the application at the same time',
  DATABASE_UNAVAILABLE: 'the database cannot be reached',
};

/** Returns the detail of FORBIDDEN for an operation that needs one of these scopes. */
export const lacksScope = (...scopes: Scope[]): string =>
  `the token "crm" lacks the scope ${listAlternatives(scopes)}`;

/** The wrong field in the examples of lists. */
export const WRONG_LIMIT: FieldProblem = {
  pointer: '/limit',
  code: 'OUT_OF_RANGE',
  detail: 'invalid value "0": expected a whole number from 1 to 200',
};

/** Returns the schema of a problem document with one of these codes. */
export function problemSchema(codes: readonly ErrorCode[]): Json {
  const properties = {
    type: { type: 'string', enum: codes.map(problemType) },
    title: { type: 'string' },
    status: { type: 'integer', enum: [...new Set(codes.map((code) => ERROR_KINDS[code].status))] },
    detail: { type: 'string' },
    request_id: { type: 'string' },
  };
  const required = Object.keys(properties);
  if (!codes.includes('INVALID')) return object(properties);
  return { ...object({ ...properties, errors: { type: 'array', items: ref('FieldProblem') } }), required };
}

function example(code: ErrorCode, examples: ProblemExamples): Json {
  const { status, title } = ERROR_KINDS[code];
  const shown = examples[code] ?? DETAILS[code] ?? title.toLowerCase();
  const isText = typeof shown === 'string';
  const detail = isText ? shown : `${shown.pointer}: ${shown.detail}`;
  const errors = isText ? {} : { errors: [shown] };
  return {
    type: problemType(code),
    title,
    status,
    detail,
    request_id: '560d2f00-4427-4b59-a475-7b0b35d7e394',
    ...errors,
  };
}

function headersFor(status: number): Record<string, Json> {
  if (status === 401) return { ...requestIdHeader, ...authenticateHeader };
  return status === 429 || status === 503 ? { ...requestIdHeader, ...retryHeader } : requestIdHeader;
}

function problemResponse(
  status: number,
  codes: readonly ErrorCode[],
  shown: ProblemExamples,
): ResponseObject {
  const description = [...new Set(codes.map((code) => ERROR_KINDS[code].title))].join(', or ');
  const examples = Object.fromEntries(codes.map((code) => [code, { value: example(code, shown) }]));
  const content = { 'application/problem+json': { schema: problemSchema(codes), examples } };
  return { description, headers: headersFor(status), content };
}

/**
 * Returns the responses for these kinds of errors, one for each status.
 * @param examples what the operation answers, where it differs from other operations
 */
export function problems(
  codes: readonly ErrorCode[],
  examples: ProblemExamples = {},
): Record<string, ResponseObject> {
  const statusOf = (code: ErrorCode): number => ERROR_KINDS[code].status;
  const statuses = [...new Set(codes.map(statusOf))];
  const responses = statuses.map((status) => {
    const kinds = codes.filter((code) => statusOf(code) === status);
    return [String(status), problemResponse(status, kinds, examples)] as const;
  });
  return Object.fromEntries(responses);
}

/** Returns a response with a JSON body. */
export function json(
  description: string,
  schema: string,
  headers: Record<string, Json> = {},
): ResponseObject {
  return {
    description,
    headers: { ...requestIdHeader, ...headers },
    content: { 'application/json': { schema: ref(schema) } },
  };
}

/** A response to If-None-Match. */
export const notModified = (headers: Record<string, Json>): ResponseObject => ({
  description: 'Not changed since If-None-Match; no body',
  headers: { ...requestIdHeader, ...headers },
});

/** Errors that HTTP itself or conv can cause for any request. */
export const anyOther = {
  default: {
    description: 'Malformed HTTP (400, 408, 417, 431), or an unexpected error (500)',
    headers: requestIdHeader,
    content: {
      'application/problem+json': {
        schema: problemSchema([
          'MALFORMED',
          'REQUEST_TIMEOUT',
          'EXPECTATION_FAILED',
          'HEADERS_TOO_LARGE',
          'INTERNAL',
          'REFUSED',
        ]),
      },
    },
  },
} satisfies Record<string, ResponseObject>;

/** What every operation with a token can answer. */
export const TOKEN_PROBLEMS = [
  'NOT_AUTHENTIC',
  'FORBIDDEN',
  'RATE_LIMITED',
  'DATABASE_UNAVAILABLE',
  'SCHEMA_INCOMPLETE',
] as const satisfies ErrorCode[];
