import type Router from '@koa/router';
import { parseApplicationEvent } from '../../applications/application-event';
import { repairRedelivered } from '../../applications/lost-outcomes';
import { receive } from '../../applications/receive';
import { ConvError } from '../../lib/errors';
import { verifySignature } from '../../lib/signature';
import type { TokenCache } from '../../tokens/cache';
import { authenticate } from '../middleware/auth';
import { jsonBody, parsedBody, rawBody } from '../middleware/body';
import type { Context, State, WebDeps } from '../context';
import { createRateLimit } from '../middleware/rate-limit';

function header(ctx: Context, name: string): string | undefined {
  return ctx.get(name) || undefined;
}

/** Authenticates a sender by token if it sends one, else by signature, and returns its name for the rate limit. */
async function authenticateSender(ctx: Context, deps: WebDeps, tokens: TokenCache): Promise<string> {
  if (/^Bearer /i.test(ctx.get('Authorization')))
    return `token:${(await authenticate(ctx, tokens, 'applications:write')).id}`;
  const headers = {
    id: header(ctx, 'webhook-id'),
    timestamp: header(ctx, 'webhook-timestamp'),
    signature: header(ctx, 'webhook-signature'),
  };
  const verified = verifySignature(deps.webhookSecrets, headers, rawBody(ctx), Date.now() / 1000);
  if ('key' in verified) return `secret:${verified.key}`;
  throw new ConvError('NOT_AUTHENTIC', verified.error, { headers: { 'WWW-Authenticate': 'Bearer' } });
}

/** `POST /webhooks/applications`: authenticate, validate, enqueue, answer. */
export function webhookRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const limitRate = createRateLimit(deps.rateLimit, deps.queue);
  router.post('/webhooks/applications', jsonBody, async (ctx) => {
    await limitRate(ctx, () => authenticateSender(ctx, deps, tokens));
    const event = parseApplicationEvent(parsedBody(ctx));
    ctx.state.logFields['application_id'] = event.id;
    deps.capacity.admit(rawBody(ctx).length);
    const { database, queue } = deps;
    const { application, redelivered } = await receive(queue, event, ctx.state.requestId);
    if (redelivered) ctx.set('Idempotent-Replayed', 'true');
    ctx.state.logFields['redelivered'] = redelivered;
    ctx.set('Location', `/applications/${encodeURIComponent(event.id)}`);
    ctx.status = 202;
    ctx.body = redelivered ? await repairRedelivered(database, queue, application) : application;
  });
}
