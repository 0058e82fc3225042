import type { Logger } from '../../lib/log';
import type { Middleware } from '../context';

/** Returns the route's pattern. The path itself is not logged, because the client may have put personal data into it. */
export function routePattern(matched: unknown): string {
  return typeof matched === 'string' ? matched : 'unmatched';
}

/** Returns a middleware that logs one line for each request, after its response is decided. */
export function requestLog(log: Logger): Middleware {
  return async (ctx, next) => {
    const start = process.hrtime.bigint();
    await next();
    const { logFields, requestId: request_id } = ctx.state;
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const route = routePattern(ctx['_matchedRoute']);
    const line = { request_id, method: ctx.method, route, status: ctx.status, ms, ...logFields };
    log[ctx.status >= 500 ? 'error' : 'info'](line, 'request');
  };
}
