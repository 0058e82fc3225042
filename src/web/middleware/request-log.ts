import type { Logger } from '../../lib/log';
import type { Middleware } from '../context';

/** The route's pattern, not the path: what a caller writes into a path is the caller's, and may be personal. */
function routeOf(matched: unknown): string {
  return typeof matched === 'string' ? matched : 'unmatched';
}

/** One line per request, when the answer is known. */
export function requestLog(log: Logger): Middleware {
  return async (ctx, next) => {
    const began = process.hrtime.bigint();
    await next();
    const { facts, requestId: request_id } = ctx.state;
    const ms = Number(process.hrtime.bigint() - began) / 1e6;
    const route = routeOf(ctx['_matchedRoute']);
    const line = { request_id, method: ctx.method, route, status: ctx.status, ms, ...facts };
    log[ctx.status >= 500 ? 'error' : 'info'](line, 'request');
  };
}
