import type Router from '@koa/router';
import { parseApplicationEvent } from '../../applications/application-event';
import { repairRedelivered } from '../../applications/lost-outcomes';
import { receive } from '../../applications/receive';
import { nameIds } from '../../applications/sender-ids';
import { ConvError } from '../../lib/errors';
import { verifySignature } from '../../lib/signature';
import type { TokenCache } from '../../tokens/cache';
import { explainUnlike } from '../../tokens/sender-names';
import { authenticate } from '../middleware/auth';
import { jsonBody, parsedBody, rawBody } from '../middleware/body';
import type { Context, State, WebDeps } from '../context';
import { createRateLimit } from '../middleware/rate-limit';

function header(ctx: Context, name: string): string | undefined {
  return ctx.get(name) || undefined;
}

interface AuthenticSender {
  /** Null if senders have no names. */
  name: string | null;
  /** What the rate limit counts. */
  limitKey: string;
}

const senderOf = (name: string | null, credential: string): AuthenticSender => ({
  name,
  limitKey: name === null ? credential : `sender:${name}`,
});

/** Authenticates a sender by token if it sends one, else by signature. */
async function authenticateSender(ctx: Context, deps: WebDeps, tokens: TokenCache): Promise<AuthenticSender> {
  if (/^Bearer /i.test(ctx.get('Authorization'))) {
    const token = await authenticate(ctx, tokens, 'applications:write');
    const refusal = explainUnlike(token, deps.senders);
    if (refusal !== null) throw new ConvError('FORBIDDEN', refusal);
    return senderOf(token.sender, `token:${token.id}`);
  }
  const headers = {
    id: header(ctx, 'webhook-id'),
    timestamp: header(ctx, 'webhook-timestamp'),
    signature: header(ctx, 'webhook-signature'),
  };
  const keys = deps.senders.map(({ key }) => key);
  const verified = verifySignature(keys, headers, rawBody(ctx), Date.now() / 1000);
  if ('key' in verified) return senderOf(deps.senders[verified.key]?.name ?? null, `secret:${verified.key}`);
  throw new ConvError('NOT_AUTHENTIC', verified.error, { headers: { 'WWW-Authenticate': 'Bearer' } });
}

/** `POST /webhooks/applications`: authenticate, validate, enqueue, answer. */
export function webhookRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const limitRate = createRateLimit(deps.rateLimit, deps.queue);
  router.post('/webhooks/applications', jsonBody, async (ctx) => {
    const sender = await limitRate(ctx, () => authenticateSender(ctx, deps, tokens));
    const event = nameIds(parseApplicationEvent(parsedBody(ctx)), sender.name);
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
