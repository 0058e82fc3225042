import { STATUS_CODES } from 'node:http';
import { ConvError, type ErrorCode, type FieldProblem } from '../../lib/errors';
import type { Logger } from '../../lib/log';
import type { Context, Middleware } from '../context';

/** Returns the detail that the client may see: a 500 reveals nothing internal. */
export function publicDetail(error: ConvError): string {
  return error.status === 500
    ? 'an unexpected error occurred: the operator finds it in the log by the request id'
    : error.detail;
}

/** Returns the `type` of a problem document: a name and not a URL, because there is no page behind it. */
export function problemType(code: ErrorCode): string {
  return `urn:conv:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}

/** Returns an error as a problem document (RFC 9457). */
export function renderProblem(error: ConvError, requestId: string): object {
  return {
    type: problemType(error.code),
    title: error.title,
    status: error.status,
    detail: publicDetail(error),
    request_id: requestId,
    ...(error.problems && { errors: error.problems }),
  };
}

/** Writes an error as the body of a response, whose status and headers are set. */
type WriteError = (ctx: Context, error: ConvError) => void;

const writeProblem: WriteError = (ctx, error) => {
  ctx.body = renderProblem(error, ctx.state.requestId);
  ctx.type = 'application/problem+json';
};

/** Sets the status and the headers of an error. */
export function setErrorHead(ctx: Context, error: ConvError): void {
  ctx.status = error.status;
  ctx.set(error.headers);
  if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(error.retryAfterSeconds));
}

/** Returns the fields that are wrong, for the log. The name of an unknown field is a text of the client, which may be personal data. */
function listFields(problems: readonly FieldProblem[]): string {
  const fields = problems.map(({ code, pointer }) =>
    code === 'UNKNOWN_FIELD' ? code : `${pointer} ${code}`,
  );
  return [...new Set(fields)].join(', ');
}

/** Adds the kind of an error to the line of its request in the log. */
function logProblem({ state }: Context, { code, problems }: ConvError): void {
  state.logFields['problem'] = code;
  if (problems) state.logFields['fields'] = listFields(problems);
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'NOT_JSON',
};

/** Returns an error of Koa or its parsers, which carry an HTTP status, as a ConvError. */
function fromHttpError(error: unknown): ConvError | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  if (error.status < 400 || error.status > 499) return null;
  const code = BY_STATUS[error.status] ?? 'MALFORMED';
  return new ConvError(code, STATUS_CODES[error.status] ?? 'malformed request', { cause: error });
}

/** Returns the error for a path or method that no route handled. For a method, the router has set Allow. */
function unhandledRequest(ctx: Context): ConvError | null {
  if (ctx.body !== undefined && ctx.body !== null) return null;
  if (ctx.status === 404) return new ConvError('NOT_FOUND', 'no resource has this path');
  if (ctx.status !== 405 && ctx.status !== 501) return null;
  const allowed = ctx.response.get('Allow');
  if (allowed === '') return new ConvError('NOT_FOUND', 'no resource has this path');
  return new ConvError('METHOD_NOT_ALLOWED', `the method ${ctx.method} is not allowed here: use ${allowed}`);
}

/** Returns anything thrown as a ConvError; unexpected errors become INTERNAL. */
export function toConvError(thrown: unknown): ConvError {
  if (thrown instanceof ConvError) return thrown;
  return fromHttpError(thrown) ?? new ConvError('INTERNAL', 'unexpected error', { cause: thrown });
}

/**
 * Returns a middleware that turns every error into a response.
 * @param write by default a problem document
 */
export function errorResponses(log: Logger, write: WriteError = writeProblem): Middleware {
  const respond: WriteError = (ctx, error) => {
    logProblem(ctx, error);
    setErrorHead(ctx, error);
    write(ctx, error);
  };
  return async (ctx, next) => {
    try {
      await next();
      const error = unhandledRequest(ctx);
      if (error) respond(ctx, error);
    } catch (thrown) {
      const error = toConvError(thrown);
      if (error.status >= 500) log.error({ err: error, request_id: ctx.state.requestId }, 'request failed');
      respond(ctx, error);
    }
  };
}
