import {
  createSession,
  isSessionValid,
  parseSession,
  renewSession,
  sealSession,
  type Session,
} from '../../tokens/session';
import type { TokenCache } from '../../tokens/cache';
import type { StoredToken, TokenView } from '../../tokens/token';
import type { Context } from '../context';

const COOKIE = 'conv_session';

/**
 * Whether the browser uses https. A proxy that ends TLS says so in a header. A client that sends the header itself affects only its
 * own cookie.
 */
function isHttps(ctx: Context): boolean {
  const [proto = ''] = ctx.get('X-Forwarded-Proto').split(',');
  return ctx.secure || proto.trim().toLowerCase() === 'https';
}

/** Sets the header itself, because Koa refuses Secure cookies where a proxy ends TLS. */
function setCookie(ctx: Context, value: string, maxAgeSeconds: number): void {
  const secure = isHttps(ctx) ? '; Secure' : '';
  ctx.append(
    'Set-Cookie',
    `${COOKIE}=${value}; Max-Age=${maxAgeSeconds}; Path=/admin; HttpOnly; SameSite=Strict${secure}`,
  );
}

function sendSession(ctx: Context, session: Session, token: StoredToken, now: number): void {
  setCookie(ctx, sealSession(session, token), Math.ceil((session.expiresAt - now) / 1000));
}

/** Starts a session of the browser with this token. */
export function startSession(ctx: Context, token: StoredToken): void {
  const now = Date.now();
  sendSession(ctx, createSession(token.token.id, now), token, now);
}

/** Ends the session of the browser. */
export function endSession(ctx: Context): void {
  setCookie(ctx, '', 0);
}

/**
 * Returns the token of the browser's session and renews the session; null if there is none, if it has ended, and if its token was
 * revoked.
 * @throws ConvError as {@link TokenCache.find}
 */
export async function readSession(ctx: Context, tokens: TokenCache): Promise<TokenView | null> {
  const text = ctx.cookies.get(COOKIE) ?? '';
  const session = parseSession(text);
  const now = Date.now();
  if (!session || session.expiresAt <= now) return null;
  const token = await tokens.findById(session.tokenId, ctx.ip);
  if (!token || !isSessionValid(text, token, now)) return null;
  const renewed = renewSession(session, now);
  if (renewed) sendSession(ctx, renewed, token, now);
  return token.token;
}
