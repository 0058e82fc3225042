import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import type { TokenView } from '../../tokens/token';
import { readSession } from '../admin/session-cookie';
import type { Context } from '../context';
import { assertScope } from './auth';

/** Returns the token in the password of a browser's login or, from a program, as in the API. */
function readSecret(ctx: Context): string | null {
  const [, scheme = '', value = ''] = /^(Basic|Bearer) +([\w+/=-]+)$/i.exec(ctx.get('Authorization')) ?? [];
  if (value === '') return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const credentials = Buffer.from(value, 'base64').toString('utf8');
  return credentials.slice(credentials.indexOf(':') + 1);
}

async function findOperator(ctx: Context, tokens: TokenCache): Promise<TokenView | null> {
  if (ctx.get('Authorization') === '') {
    const token = await readSession(ctx, tokens);
    ctx.state.hasSession = token !== null;
    return token;
  }
  const secret = readSecret(ctx);
  return secret === null ? null : tokens.find(secret, ctx.ip);
}

/** Attaches the operator's token to the request. @throws ConvError FORBIDDEN if it lacks queues:admin */
export function acceptOperator(ctx: Context, token: TokenView): void {
  ctx.state.token = token;
  ctx.state.logFields['token'] = token.name;
  assertScope(token, 'queues:admin');
}

/**
 * Authenticates an operator: by the session of a login, by HTTP Basic with a token as password, or by a bearer token.
 * @throws ConvError NOT_AUTHENTIC; FORBIDDEN if the token lacks queues:admin; RATE_LIMITED after too many unknown tokens
 */
export async function authenticateOperator(ctx: Context, tokens: TokenCache): Promise<void> {
  const token = await findOperator(ctx, tokens);
  if (token) {
    acceptOperator(ctx, token);
    return;
  }
  const headers = { 'WWW-Authenticate': 'Basic realm="conv queues", charset="UTF-8"' };
  const detail =
    'log in at /admin/login, or with any user name and a token with the scope queues:admin as the password';
  throw new ConvError('NOT_AUTHENTIC', detail, { headers });
}
