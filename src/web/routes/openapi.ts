import type Router from '@koa/router';
import type { State } from '../context';
import { openapi } from '../openapi/document';

/** `GET /openapi.json`: the description of this API, open to everybody. */
export function openapiRoutes(router: Router<State>): void {
  router.get('/openapi.json', (ctx) => {
    ctx.body = openapi;
  });
}
