import type { Middleware } from './context';

/** The route's pattern, not the path: what a caller writes into a path is the caller's, and may be personal. */
function routeOf(matched: unknown): string {
  return typeof matched === 'string' ? matched : 'unmatched';
}

/** One line per request, when the answer is known. */
export const requestLog: Middleware = async (ctx, next) => {
  const began = process.hrtime.bigint();
  await next();
  const { facts, log } = ctx.state;
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  const line = { method: ctx.method, route: routeOf(ctx['_matchedRoute']), status: ctx.status, ms, ...facts };
  log[ctx.status >= 500 ? 'error' : 'info'](line, 'request');
};
