import { STATUS_CODES } from 'node:http';
import { ConvError, type ErrorCode } from '../../lib/errors';
import type { Logger } from '../../lib/log';
import type { Context, Middleware } from '../context';

/** What an error may tell the caller: its own words below 500, nothing of the inside above. */
function detailOf(error: ConvError): string {
  return error.status === 500
    ? 'something went wrong here; the request id finds it in our log'
    : error.detail;
}

/** RFC 9457. `type` is a name, not an address: there is no page behind it to fetch. */
export function problemOf(error: ConvError, requestId: string): object {
  return {
    type: `urn:conv:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: error.title,
    status: error.status,
    detail: detailOf(error),
    request_id: requestId,
    ...(error.problems && { errors: error.problems }),
  };
}

function respond(ctx: Context, error: ConvError): void {
  ctx.status = error.status;
  ctx.set(error.headers);
  if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(error.retryAfterSeconds));
  ctx.body = problemOf(error, ctx.state.requestId);
  ctx.type = 'application/problem+json';
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'NOT_JSON',
};

/** Errors of the framework and its parsers carry a status of their own. */
function fromHttpError(error: unknown): ConvError | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  if (error.status < 400 || error.status > 499) return null;
  const code = BY_STATUS[error.status] ?? 'MALFORMED';
  return new ConvError(code, STATUS_CODES[error.status] ?? 'malformed request', { cause: error });
}

/** A route that does not exist, or not for this method (the router has set Allow by then). */
function unanswered(ctx: Context): ConvError | null {
  if (ctx.body !== undefined && ctx.body !== null) return null;
  if (ctx.status === 404) return new ConvError('NOT_FOUND', 'there is nothing at this path');
  if (ctx.status !== 405 && ctx.status !== 501) return null;
  const allowed = ctx.response.get('Allow');
  if (allowed === '') return new ConvError('NOT_FOUND', 'there is nothing at this path');
  return new ConvError('METHOD_NOT_ALLOWED', `this path knows only ${allowed}`);
}

/** What it comes to for whoever calls: anything unforeseen is an INTERNAL one. */
function answerTo(thrown: unknown): ConvError {
  if (thrown instanceof ConvError) return thrown;
  return fromHttpError(thrown) ?? new ConvError('INTERNAL', 'unforeseen', { cause: thrown });
}

/** The one place where an error becomes an answer. */
export function problems(log: Logger): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      const error = unanswered(ctx);
      if (error) respond(ctx, error);
    } catch (thrown) {
      const error = answerTo(thrown);
      if (error.status >= 500) log.error({ err: error, request_id: ctx.state.requestId }, 'request failed');
      respond(ctx, error);
    }
  };
}
