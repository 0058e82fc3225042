import type Router from '@koa/router';
import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import { hashToken } from '../../tokens/token';
import { ADMIN_PATH, LOGIN_PATH, LOGOUT_PATH, pageAfterLogin } from '../admin/links';
import { sendLoginPage } from '../admin/login-page';
import { sendLogoutPage } from '../admin/logout-page';
import { endSession, startSession } from '../admin/session-cookie';
import type { Context, State } from '../context';
import { formBody, formField } from '../middleware/body';
import { acceptOperator } from '../middleware/operator-auth';
import { setErrorHead, toConvError } from '../middleware/problem';
import { assertSameOrigin } from '../middleware/same-origin';

/** @throws ConvError NOT_AUTHENTIC, FORBIDDEN, RATE_LIMITED or DATABASE_UNAVAILABLE */
async function logIn(ctx: Context, tokens: TokenCache): Promise<void> {
  const secret = formField(ctx, 'token').trim();
  const token = await tokens.find(secret, ctx.ip);
  if (!token) throw new ConvError('NOT_AUTHENTIC', 'the token is unknown, expired or revoked');
  acceptOperator(ctx, token);
  startSession(ctx, { token, hash: hashToken(secret) });
}

/** Log-in and log-out of the operator's pages. */
export function loginRoutes(router: Router<State>, tokens: TokenCache): void {
  router.get(LOGIN_PATH, (ctx) => {
    sendLoginPage(ctx, pageAfterLogin(String(ctx.query['next'] ?? '')), null);
  });

  router.post(LOGIN_PATH, formBody, async (ctx) => {
    assertSameOrigin(ctx);
    const next = pageAfterLogin(formField(ctx, 'next'));
    try {
      await logIn(ctx, tokens);
      ctx.redirect(next);
      ctx.status = 303;
    } catch (thrown) {
      const error = toConvError(thrown);
      if (error.status === 500) throw error;
      delete ctx.state.token;
      setErrorHead(ctx, error);
      sendLoginPage(ctx, next, error);
    }
  });

  // For links: only the form may end the session.
  router.get(LOGOUT_PATH, sendLogoutPage);
  router.post(LOGOUT_PATH, (ctx) => {
    assertSameOrigin(ctx);
    endSession(ctx);
    ctx.redirect(ADMIN_PATH);
    ctx.status = 303;
  });
}
