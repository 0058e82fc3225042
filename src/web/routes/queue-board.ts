import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { KoaAdapter } from '@bull-board/koa';
import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import { assertScope } from '../middleware/auth';
import type { Context, Middleware, WebDeps } from '../context';

export const BOARD_PATH = '/admin/queues';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

function basicPassword(ctx: Context): string | null {
  const match = /^Basic +([\w+/=-]+)$/i.exec(ctx.get('Authorization'));
  if (!match?.[1]) return null;
  const credentials = Buffer.from(match[1], 'base64').toString('utf8');
  return credentials.slice(credentials.indexOf(':') + 1);
}

/** Refuses changes requested by pages of other origins: browsers send the password with those requests too. */
function assertSameOrigin(ctx: Context): void {
  if (SAFE_METHODS.includes(ctx.method)) return;
  const site = ctx.get('Sec-Fetch-Site');
  const origin = ctx.get('Origin');
  const foreignSite = site !== '' && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = origin !== '' && (!URL.canParse(origin) || new URL(origin).host !== ctx.host);
  if (foreignSite || foreignOrigin)
    throw new ConvError(
      'FORBIDDEN',
      'requests from another origin must not change the queue: use its own page',
    );
}

async function authenticate(ctx: Context, tokens: TokenCache): Promise<void> {
  const headers = { 'WWW-Authenticate': 'Basic realm="conv queues", charset="UTF-8"' };
  const password = basicPassword(ctx);
  const token = password === null ? null : await tokens.find(password, ctx.ip);
  if (!token) {
    const detail = 'log in with any user name and a token with the scope queues:admin as the password';
    throw new ConvError('NOT_AUTHENTIC', detail, { headers });
  }
  ctx.state.logFields['token'] = token.name;
  assertScope(token, 'queues:admin');
}

/** Returns Bull Board at /admin/queues, for browsers: HTTP Basic with a token, changes only from its own origin. */
export function queueBoard({ queue, push }: WebDeps, tokens: TokenCache): Middleware {
  const adapter = new KoaAdapter();
  adapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: [new BullMQAdapter(queue.queue), new BullMQAdapter(push.queue)],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'conv' } },
  });
  // Bull Board's own error handler would show internal messages; problem.ts answers instead.
  adapter.setErrorHandler((error) => {
    if ('status' in error) throw error;
    throw new ConvError('QUEUE_UNAVAILABLE', 'the queue did not answer', { cause: error });
  });
  const board: (ctx: Context, next: () => Promise<unknown>) => Promise<void> = adapter.registerPlugin();

  return async (ctx, next) => {
    if (ctx.path !== BOARD_PATH && !ctx.path.startsWith(`${BOARD_PATH}/`)) {
      await next();
      return;
    }
    await authenticate(ctx, tokens);
    assertSameOrigin(ctx);
    ctx['_matchedRoute'] = BOARD_PATH;
    await board(ctx, next);
  };
}
