import type Router from '@koa/router';
import { cacheFor } from '../../lib/cache-for';
import { scrape } from '../../metrics/scrape';
import type { TokenCache } from '../../tokens/cache';
import { requireScope } from '../middleware/auth';
import { compress } from '../middleware/compress';
import type { State, WebDeps } from '../context';

/** Scrapes at the same time share the reads from the stores. */
const CACHE_MS = 500;

/** `GET /metrics`: the metrics of all processes, for Prometheus. */
export function metricsRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const read = cacheFor(CACHE_MS, () => scrape(deps));
  router.get('/metrics', requireScope(tokens, 'metrics:read'), compress, async (ctx) => {
    const { contentType, text } = await read();
    ctx.type = contentType;
    ctx.body = text;
  });
}
