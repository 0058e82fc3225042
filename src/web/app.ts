import Router from '@koa/router';
import Koa from 'koa';
import { cacheTokens } from '../tokens/cache';
import { applicationRoutes } from './routes/applications';
import { candidateRoutes } from './routes/candidates';
import type { State, WebDeps } from './context';
import { conversationRoutes } from './routes/conversations';
import { eventRoutes } from './routes/events';
import { healthRoutes } from './routes/health';
import { openapiRoutes } from './routes/openapi';
import { problemResponses } from './middleware/problem';
import { queueBoard } from './routes/queue-board';
import { createReader } from './read-replica';
import { requestId } from './middleware/request-id';
import { requestLog } from './middleware/request-log';
import { securityHeaders } from './middleware/security-headers';
import { tokenRoutes } from './routes/tokens';
import { webhookRoutes } from './routes/webhooks';

/** Creates the web application. A request passes the middleware in this order; each is a file of its own. */
export function createApp(deps: WebDeps): Koa<State> {
  const tokens = cacheTokens(deps.database);
  const reader = createReader(deps.database, deps.replica, deps.log);
  const router = new Router<State>();
  webhookRoutes(router, deps, tokens);
  applicationRoutes(router, deps, tokens, reader);
  conversationRoutes(router, deps, tokens, reader);
  candidateRoutes(router, deps, tokens);
  eventRoutes(router, deps.hub, tokens, deps.stopping);
  tokenRoutes(router, tokens);
  healthRoutes(router, deps);
  openapiRoutes(router);

  const app = new Koa<State>();
  app.silent = true; // problem.ts logs errors.
  app.use(requestId);
  app.use(requestLog(deps.log));
  app.use(securityHeaders());
  app.use(problemResponses(deps.log));
  app.use(queueBoard(deps, tokens));
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}
