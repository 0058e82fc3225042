import type { Metrics } from '../../metrics/metrics';
import type { Middleware } from '../context';
import { toConvError } from './problem';
import { routePattern } from './request-log';

/** Others are counted together, because clients choose them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Returns a middleware that counts each request after its response is decided. */
export function requestMetrics(metrics: Metrics): Middleware {
  return async (ctx, next) => {
    const start = performance.now();
    await next();
    const method = METHODS.includes(ctx.method) ? ctx.method : 'other';
    const request = { method, route: routePattern(ctx['_matchedRoute']), status: ctx.status };
    metrics.countRequest(request, (performance.now() - start) / 1000);
  };
}

/** Returns a middleware that counts what became of a posted application; a dry run posts none. */
export function receiptMetrics(metrics: Metrics): Middleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (thrown) {
      const { code } = toConvError(thrown);
      metrics.countReceipt(code === 'CONFLICT' ? 'conflict' : 'refused', code);
      throw thrown;
    }
    const { redelivered } = ctx.state.logFields;
    if (redelivered !== undefined) metrics.countReceipt(redelivered ? 'redelivered' : 'accepted');
  };
}
