import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { KoaAdapter } from '@bull-board/koa';
import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import { assertScope } from '../middleware/auth';
import type { Context, Middleware, WebDeps } from '../context';

export const BOARD_PATH = '/admin/queues';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * What the board may change, all of it harmless: pause and resume, retry and promote. Its other actions remove or edit jobs, and
 * an acknowledged application gets an outcome.
 */
const ALLOWED_CHANGES = [
  /^\/api\/queues\/(?<action>pause|resume)$/,
  /^\/api\/queues\/(?<queue>[^/]+)\/(?<action>pause|resume|promote|retry\/failed)$/,
  /^\/api\/queues\/(?<queue>[^/]+)\/(?<job>[^/]+)\/(?<action>retry|promote)$/,
];

/** Returns the token in the password of a browser's login or, from a program, as in the API. */
function readToken(ctx: Context): string | null {
  const [, scheme = '', value = ''] = /^(Basic|Bearer) +([\w+/=-]+)$/i.exec(ctx.get('Authorization')) ?? [];
  if (value === '') return null;
  if (scheme.toLowerCase() === 'bearer') return value;
  const credentials = Buffer.from(value, 'base64').toString('utf8');
  return credentials.slice(credentials.indexOf(':') + 1);
}

/**
 * Refuses a change that is not known to come from the board's own page: browsers send the password with requests of other pages
 * too. They never add a bearer token.
 */
function assertSameOrigin(ctx: Context): void {
  if (/^Bearer /i.test(ctx.get('Authorization'))) return;
  const site = ctx.get('Sec-Fetch-Site');
  const origin = ctx.get('Origin');
  const foreignSite = site !== '' && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = origin !== '' && (!URL.canParse(origin) || new URL(origin).host !== ctx.host);
  if (foreignSite || foreignOrigin || site + origin === '')
    throw new ConvError(
      'FORBIDDEN',
      'only the board’s own page may change the queues; a program sends Authorization: Bearer conv_…',
    );
}

/** Refuses a change that could lose an application. Writes the others to the log. */
function assertHarmless(ctx: Context): void {
  const path = ctx.path.slice(BOARD_PATH.length);
  const change = ALLOWED_CHANGES.map((pattern) => pattern.exec(path)).find((match) => match !== null);
  if (ctx.method !== 'PUT' || !change?.groups)
    throw new ConvError(
      'FORBIDDEN',
      'the board pauses, resumes, retries and promotes; it removes and edits no job',
    );
  const { action = '', queue = 'every', job = 'every' } = change.groups;
  Object.assign(ctx.state.logFields, { action, queue, job_id: job });
}

async function authenticate(ctx: Context, tokens: TokenCache): Promise<void> {
  const headers = { 'WWW-Authenticate': 'Basic realm="conv queues", charset="UTF-8"' };
  const secret = readToken(ctx);
  const token = secret === null ? null : await tokens.find(secret, ctx.ip);
  if (!token) {
    const detail = 'log in with any user name and a token with the scope queues:admin as the password';
    throw new ConvError('NOT_AUTHENTIC', detail, { headers });
  }
  ctx.state.logFields['token'] = token.name;
  assertScope(token, 'queues:admin');
}

/** Returns Bull Board at /admin/queues, for browsers: HTTP Basic with a token, harmless changes only, from its own origin. */
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
    if (!SAFE_METHODS.includes(ctx.method)) {
      assertSameOrigin(ctx);
      assertHarmless(ctx);
    }
    ctx['_matchedRoute'] = BOARD_PATH;
    await board(ctx, next);
  };
}
