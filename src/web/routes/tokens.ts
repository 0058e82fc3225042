import type Router from '@koa/router';
import { SCOPES } from '../../lib/domain';
import type { TokenCache } from '../../tokens/cache';
import { authenticate } from '../middleware/auth';
import type { State } from '../context';

/** `GET /token`: what the token of the request may do. Any valid token may ask. */
export function tokenRoutes(router: Router<State>, tokens: TokenCache): void {
  router.get('/token', async (ctx) => {
    const { name, scopes, sender, expires_at } = await authenticate(ctx, tokens, ...SCOPES);
    ctx.body = { name, scopes, sender, expires_at };
  });
}
