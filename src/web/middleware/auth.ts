import type { Scope } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import type { TokenView } from '../../tokens/token';
import type { Context, Middleware } from '../context';

function bearerOf(ctx: Context): string | null {
  const match = /^Bearer +([^\s]+) *$/i.exec(ctx.get('Authorization'));
  return match?.[1] ?? null;
}

/** Refuses a token that lacks the scope, naming both. */
export function assertScope(token: TokenView, scope: Scope): void {
  if (!token.scopes.includes(scope))
    throw new ConvError('FORBIDDEN', `the token "${token.name}" lacks the scope ${scope}`);
}

/**
 * The token that the request comes with.
 * @throws ConvError NOT_AUTHENTIC for none, an unknown, expired or revoked one; FORBIDDEN for too small a scope
 */
export async function authenticate(ctx: Context, tokens: TokenCache, scope: Scope): Promise<TokenView> {
  const headers = { 'WWW-Authenticate': 'Bearer' };
  const secret = bearerOf(ctx);
  if (secret === null)
    throw new ConvError('NOT_AUTHENTIC', 'send a token: Authorization: Bearer conv_…', { headers });
  const token = await tokens.find(secret);
  if (!token) throw new ConvError('NOT_AUTHENTIC', 'the token is unknown, expired or revoked', { headers });
  ctx.state.facts['token'] = token.name;
  assertScope(token, scope);
  return token;
}

/** Lets a request through that brings a token with this scope. */
export function requireScope(tokens: TokenCache, scope: Scope): Middleware {
  return async (ctx, next) => {
    await authenticate(ctx, tokens, scope);
    await next();
  };
}
