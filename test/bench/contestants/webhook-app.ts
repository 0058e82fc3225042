import Koa from 'koa';
import { parseApplicationEvent } from '../../../src/applications/application-event';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { parseSecrets, readSignatureHeaders, verifySignature } from '../../../src/lib/signature';
import { jsonBody, parsedBody, rawBody } from '../../../src/web/middleware/body';
import type { State } from '../../../src/web/context';
import { setting } from './serve';

/** The body of a 202. */
export interface Answer {
  id: string;
  status: string;
}

/**
 * Creates the webhook that every end-to-end contestant shares: conv's own body parser, signature check and validation on a bare
 * Koa.
 * @param accept what the contestant does with a valid event
 * @param first a middleware for requests other than posts
 */
export function webhookApp(
  accept: (event: ApplicationEvent) => Promise<Answer>,
  first?: Koa.Middleware,
): Koa<State> {
  const keys = parseSecrets(setting('WEBHOOK_SECRETS'));
  const app = new Koa<State>();
  if (first) app.use(first);
  app.use(jsonBody);
  app.use(async (ctx) => {
    const headers = readSignatureHeaders((name) => ctx.get(name));
    const verified = verifySignature(keys, headers, rawBody(ctx), Date.now() / 1000);
    if ('error' in verified) return ctx.throw(401, verified.error);
    ctx.body = await accept(parseApplicationEvent(parsedBody(ctx)));
    ctx.status = 202;
  });
  return app;
}
