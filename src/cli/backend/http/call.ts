import { createClient, type ConvClient } from '../../../client/create-client';
import { ConvApiError } from '../../../client/problem';
import { unwrap, type Answer } from '../../../client/unwrap';
import { ConvError, ERROR_KINDS, errorCode, type ErrorCode } from '../../../lib/errors';
import type { SavedContext } from '../../context/context-file';

/** A conv that takes longer counts as unreachable, so that no command hangs. */
const ANSWER_WITHIN_MS = 4500;
/** What a proxy answers if the conv behind it is not there. */
const UNREACHABLE_STATUSES = [502, 503, 504];
const PROBLEM = 'urn:conv:problem:';

/**
 * Opens the typed client for a context.
 * @param waitMs how long the calls ask conv to wait before it answers
 */
export function openClient({ url, token }: SavedContext, waitMs = 0): ConvClient {
  return createClient({ url, token, timeoutMs: waitMs + ANSWER_WITHIN_MS });
}

function problemCode(type: string): ErrorCode | null {
  const code = type.slice(PROBLEM.length).toUpperCase().replaceAll('-', '_');
  return type.startsWith(PROBLEM) && code in ERROR_KINDS ? (code as ErrorCode) : null;
}

/** Returns an error answer as the error that the operation threw in conv. */
function toConvError(cause: ConvApiError): ConvError {
  const { type, status, detail } = cause;
  const code = problemCode(type);
  if (code !== null) return new ConvError(code, detail, { cause });
  const known = UNREACHABLE_STATUSES.includes(status) ? 'NOT_READY' : 'INTERNAL';
  return new ConvError(known, `answered ${status}, and not as conv does: check the address`, { cause });
}

function describeFailure(error: unknown): string {
  const { name, message = '', cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  return errorCode(cause) ?? (cause as Partial<Error> | undefined)?.message ?? message;
}

/**
 * Returns the data of a call.
 * @throws ConvError as the operation throws it in conv; NOT_READY (exit 3) if no answer came
 */
export async function callConv<Result extends Answer>(
  call: Promise<Result>,
): Promise<Exclude<Result['data'], undefined>> {
  try {
    return await unwrap(call);
  } catch (cause) {
    if (cause instanceof ConvApiError) throw toConvError(cause);
    if ((cause as Partial<Error>).name === 'SyntaxError')
      throw new ConvError('INTERNAL', 'the answer is not from conv: check the address', { cause });
    const detail = `cannot reach it (${describeFailure(cause)}): check the address, and that conv runs there`;
    throw new ConvError('NOT_READY', detail, { cause });
  }
}

/** Returns the data of a call; if the token lacks the scope for it, the data of another one. */
export async function unlessForbidden<T>(
  call: () => Promise<T>,
  otherwise: (why: string) => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ConvError) || error.code !== 'FORBIDDEN') throw error;
    return otherwise(error.detail);
  }
}

/** A filter as a query has it: times as text, and nothing that is undefined. */
type QueryOf<Filter> = {
  [Name in keyof Filter]?:
    Exclude<Filter[Name], Date | undefined> | (Date extends Filter[Name] ? string : never);
};

/** Returns a filter as a query has it. */
export function toQuery<Filter extends object>(filter: Filter): QueryOf<Filter> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const texts = given.map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return Object.fromEntries(texts) as QueryOf<Filter>;
}
