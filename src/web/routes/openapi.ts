import type Router from '@koa/router';
import type { State } from '../context';
import { compress } from '../middleware/compress';
import { openapi } from '../openapi/document';

/** `GET /openapi.json`: the description of this API, open to everybody. */
export function openapiRoutes(router: Router<State>): void {
  const text = Buffer.from(JSON.stringify(openapi));
  router.get('/openapi.json', compress, (ctx) => {
    ctx.type = 'application/json';
    ctx.body = text;
  });
}
