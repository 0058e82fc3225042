import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import { loginLink } from '../admin/links';
import { seeOther } from '../admin/see-other';
import type { Context } from '../context';
import { authenticateOperator } from '../middleware/operator-auth';

/** Whether to send a browser without credentials to the login. Wrong ones are an error. */
function needsLogin(ctx: Context, error: unknown): boolean {
  const isMissing = error instanceof ConvError && error.code === 'NOT_AUTHENTIC';
  return isMissing && ctx.get('Authorization') === '' && ['GET', 'HEAD'].includes(ctx.method);
}

/**
 * Authenticates an operator, or sends the browser to the login, which leads back here.
 * @returns whether the operator may go on
 * @throws ConvError as {@link authenticateOperator}, for wrong credentials and for changes
 */
export async function admitOperator(ctx: Context, tokens: TokenCache): Promise<boolean> {
  try {
    await authenticateOperator(ctx, tokens);
    return true;
  } catch (error) {
    if (!needsLogin(ctx, error)) throw error;
    seeOther(ctx, loginLink(ctx.url));
    return false;
  }
}
