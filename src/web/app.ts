import Router from '@koa/router';
import Koa from 'koa';
import { cacheTokens } from '../tokens/cache';
import { adminPages } from './routes/admin';
import { applicationRoutes } from './routes/applications';
import { candidateRoutes } from './routes/candidates';
import type { State, WebDeps } from './context';
import { conversationRoutes } from './routes/conversations';
import { docsRoutes } from './routes/docs';
import { eventRoutes } from './routes/events';
import { guideRoutes } from './routes/guides';
import { healthRoutes } from './routes/health';
import { metricsRoutes } from './routes/metrics';
import { openapiRoutes } from './routes/openapi';
import { requestMetrics } from './middleware/metrics';
import { errorResponses } from './middleware/problem';
import { queueBoard } from './routes/queue-board';
import { createReader } from './read-replica';
import { requestId } from './middleware/request-id';
import { requestLog } from './middleware/request-log';
import { securityHeaders } from './middleware/security-headers';
import { tokenRoutes } from './routes/tokens';
import { traceRequests } from './middleware/trace';
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
  metricsRoutes(router, deps, tokens);
  openapiRoutes(router);
  docsRoutes(router);
  guideRoutes(router);

  const app = new Koa<State>();
  app.silent = true; // problem.ts logs errors.
  app.use(requestId);
  const { tracing } = deps.database;
  if (tracing) app.use(traceRequests(tracing)); // Before the log, whose lines carry the trace's id.
  app.use(requestLog(deps.log));
  app.use(requestMetrics(deps.metrics));
  app.use(securityHeaders());
  app.use(errorResponses(deps.log));
  app.use(queueBoard(deps, tokens));
  app.use(adminPages(deps, tokens));
  app.use(router.routes());
  app.use(router.allowedMethods());
  return app;
}
