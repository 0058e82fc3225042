import type { Span, Tracing } from '../../tracing/tracing';
import type { Context, Middleware } from '../context';

/** Polled every few seconds; nobody looks for them in traces. */
const UNTRACED = new Set(['/livez', '/readyz', '/metrics']);

/** Names the span by its route and sets its outcome. Neither the path nor the query is in it, because they may contain personal data. */
function describeResponse(tracing: Tracing, span: Span, ctx: Context): void {
  const route: unknown = ctx['_matchedRoute'];
  if (typeof route === 'string') span.updateName(`${ctx.method} ${route}`).setAttribute('http.route', route);
  const { application_id } = ctx.state.logFields;
  if (application_id !== undefined && application_id !== null)
    span.setAttribute('conv.application.id', application_id);
  span.setAttribute('http.response.status_code', ctx.status);
  if (ctx.status >= 500) tracing.fail(String(ctx.status));
}

/** Returns a middleware that runs each request in a span, which continues the trace of the headers `traceparent` and `tracestate`. */
export function traceRequests(tracing: Tracing): Middleware {
  return async (ctx, next) => {
    if (UNTRACED.has(ctx.path)) {
      await next();
      return;
    }
    const parent = { traceparent: ctx.get('traceparent'), tracestate: ctx.get('tracestate') };
    const attributes = {
      'http.request.method': ctx.method,
      'url.scheme': ctx.protocol,
      'conv.request.id': ctx.state.requestId,
    };
    await tracing.run(ctx.method, { kind: 'server', parent, attributes }, async (span) => {
      await next();
      describeResponse(tracing, span, ctx);
    });
  };
}
