import type { Scope } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import { listAlternatives } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import type { TokenView } from '../../tokens/token';
import type { Context, Middleware } from '../context';

function bearerToken(ctx: Context): string | null {
  const match = /^Bearer +([^\s]+) *$/i.exec(ctx.get('Authorization'));
  return match?.[1] ?? null;
}

/**
 * Refuses a token that has none of the scopes.
 * @throws ConvError FORBIDDEN that names token and scopes
 */
export function assertScope(token: TokenView, ...accepted: Scope[]): void {
  if (!accepted.some((scope) => token.scopes.includes(scope)))
    throw new ConvError(
      'FORBIDDEN',
      `the token "${token.name}" lacks the scope ${listAlternatives(accepted)}`,
    );
}

/**
 * Returns the token that the request carries.
 * @throws ConvError NOT_AUTHENTIC if it is missing, unknown, expired or revoked; RATE_LIMITED after too many unknown
 *   ones; FORBIDDEN if it has none of the scopes
 */
export async function authenticate(
  ctx: Context,
  tokens: TokenCache,
  ...accepted: Scope[]
): Promise<TokenView> {
  const headers = { 'WWW-Authenticate': 'Bearer' };
  const secret = bearerToken(ctx);
  if (secret === null)
    throw new ConvError('NOT_AUTHENTIC', 'missing token: send Authorization: Bearer conv_…', { headers });
  const token = await tokens.find(secret, ctx.ip);
  if (!token) throw new ConvError('NOT_AUTHENTIC', 'the token is unknown, expired or revoked', { headers });
  ctx.state.token = token;
  ctx.state.logFields['token'] = token.name;
  assertScope(token, ...accepted);
  return token;
}

/**
 * Refuses a request that also needs another scope. Runs after requireScope.
 * @throws ConvError FORBIDDEN
 */
export function assertTokenScope({ state: { token } }: Context, scope: Scope): void {
  if (!token) throw new Error('requireScope must run before the token is used');
  assertScope(token, scope);
}

/** Returns a middleware that lets requests through whose token has one of the scopes. */
export function requireScope(tokens: TokenCache, ...accepted: Scope[]): Middleware {
  return async (ctx, next) => {
    await authenticate(ctx, tokens, ...accepted);
    await next();
  };
}
