import type Router from '@koa/router';
import { parseApplicationEvent } from '../../applications/application-event';
import { repairRedelivered } from '../../applications/lost-outcomes';
import { receive } from '../../applications/receive';
import { nameIds } from '../../applications/sender-ids';
import type { ApplicationEvent } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import { isSigned, readSignatureHeaders, verifySignature } from '../../lib/signature';
import type { TokenCache } from '../../tokens/cache';
import { checkSenderName } from '../../tokens/sender-names';
import { authenticate } from '../middleware/auth';
import { jsonBody, parsedBody, rawBody } from '../middleware/body';
import type { Context, State, WebDeps } from '../context';
import { defineQuery, flag } from '../query-parameters';
import { receiptMetrics } from '../middleware/metrics';
import { createRateLimit } from '../middleware/rate-limit';

const readQuery = defineQuery({ dry_run: flag });

const NO_CREDENTIALS =
  'missing credentials: sign the request with the headers webhook-id, webhook-timestamp and webhook-signature, ' +
  'or send Authorization: Bearer conv_… with a token that has the scope applications:write';

interface AuthenticSender {
  /** Null if senders have no names. */
  name: string | null;
  /** What the rate limit counts. */
  limitKey: string;
}

const describeSender = (name: string | null, credential: string): AuthenticSender => ({
  name,
  limitKey: name === null ? credential : `sender:${name}`,
});

/** Authenticates a sender by token if it sends one, else by signature. */
async function authenticateSender(ctx: Context, deps: WebDeps, tokens: TokenCache): Promise<AuthenticSender> {
  if (/^Bearer /i.test(ctx.get('Authorization'))) {
    const token = await authenticate(ctx, tokens, 'applications:write');
    const refusal = checkSenderName(token, deps.senders);
    if (refusal !== null) throw new ConvError('FORBIDDEN', refusal);
    return describeSender(token.sender, `token:${token.id}`);
  }
  const headers = readSignatureHeaders((name) => ctx.get(name));
  const keys = deps.senders.map(({ key }) => key);
  const verified = verifySignature(keys, headers, rawBody(ctx), Date.now() / 1000);
  if ('key' in verified)
    return describeSender(deps.senders[verified.key]?.name ?? null, `secret:${verified.key}`);
  const detail = isSigned(headers) ? verified.error : NO_CREDENTIALS;
  throw new ConvError('NOT_AUTHENTIC', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}

/** Adds the application to the queue, or finds it there, and answers with its state. */
async function accept(ctx: Context, deps: WebDeps, event: ApplicationEvent): Promise<void> {
  deps.capacity.admit(rawBody(ctx).length);
  const { database, queue } = deps;
  const { application, redelivered } = await receive(queue, event, ctx.state.requestId, database.tracing);
  if (redelivered) ctx.set('Idempotent-Replayed', 'true');
  ctx.state.logFields['redelivered'] = redelivered;
  ctx.set('Location', `/applications/${encodeURIComponent(event.id)}`);
  ctx.status = 202;
  ctx.body = redelivered ? await repairRedelivered(database, queue, application) : application;
}

/** `POST /webhooks/applications`: authenticate, validate, enqueue, answer. With `dry_run` it answers with what it would enqueue. */
export function webhookRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const limitRate = createRateLimit(deps.rateLimit, deps.queue);
  router.post('/webhooks/applications', receiptMetrics(deps.metrics), jsonBody, async (ctx) => {
    const sender = await limitRate(ctx, () => authenticateSender(ctx, deps, tokens));
    if (sender.name !== null) ctx.state.logFields['sender'] = sender.name;
    const { dry_run } = readQuery(ctx.querystring);
    const event = nameIds(parseApplicationEvent(parsedBody(ctx)), sender.name);
    ctx.state.logFields['application_id'] = event.id;
    if (dry_run) ctx.body = event;
    else await accept(ctx, deps, event);
  });
}
