import { ERROR_KINDS, type ErrorCode } from '../../lib/errors';
import { problemType } from '../middleware/problem';
import { authenticateHeader, requestIdHeader, retryHeader } from './headers';
import { object, ref } from './schema-parts';
import type { Json, ResponseObject } from './types';

const INVALID_EXAMPLE = [
  {
    pointer: '/limit',
    code: 'OUT_OF_RANGE',
    detail: 'invalid value "0": expected a whole number from 1 to 200',
  },
];

/** Details of the examples, where the title alone would not tell what is meant. */
const DETAILS: Partial<Record<ErrorCode, string>> = {
  NOT_AUTHENTIC: 'the token is unknown, expired or revoked',
  FORBIDDEN: 'the token "crm" lacks the scope conversations:read',
  NOT_FOUND: 'there is no conversation "unknown"',
  CONFLICT: 'cannot move to COMPLETED: a conversation that is CREATED can only move to ONGOING',
  INVALID: '/limit: invalid value "0": expected a whole number from 1 to 200',
  GONE: 'the personal data of candidate "candidate-1" was erased at 2026-01-31T09:30:00.000Z',
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

function example(code: ErrorCode): Json {
  const { status, title } = ERROR_KINDS[code];
  const detail = DETAILS[code] ?? title.toLowerCase();
  const errors = code === 'INVALID' ? { errors: INVALID_EXAMPLE } : {};
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

function problemResponse(status: number, codes: readonly ErrorCode[]): ResponseObject {
  const description = [...new Set(codes.map((code) => ERROR_KINDS[code].title))].join(', or ');
  const examples = Object.fromEntries(codes.map((code) => [code, { value: example(code) }]));
  const content = { 'application/problem+json': { schema: problemSchema(codes), examples } };
  return { description, headers: headersFor(status), content };
}

/** Returns the responses for these kinds of errors, one for each status. */
export function problems(...codes: ErrorCode[]): Record<string, ResponseObject> {
  const statusOf = (code: ErrorCode): number => ERROR_KINDS[code].status;
  const statuses = [...new Set(codes.map(statusOf))];
  const responses = statuses.map((status) => {
    const kinds = codes.filter((code) => statusOf(code) === status);
    return [String(status), problemResponse(status, kinds)] as const;
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
