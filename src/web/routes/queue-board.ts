import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { KoaAdapter } from '@bull-board/koa';
import { ConvError } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import { compress } from '../middleware/compress';
import { authenticateOperator } from '../middleware/operator-auth';
import { assertSameOrigin } from '../middleware/same-origin';
import type { Context, Middleware, WebDeps } from '../context';
import { ADMIN_PATH, BOARD_STYLES_PATH, LOGOUT_PATH } from '../admin/links';
import { createPushVisibility } from '../push-visibility';
import { admitOperator } from './admit-operator';

export const BOARD_PATH = '/admin/queues';

/** Whether a request is for the board and not for another page. */
export const isBoard = ({ path }: Context): boolean =>
  path === BOARD_PATH || path.startsWith(`${BOARD_PATH}/`);

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

/** A link of the page to a file of another host: Bull Board asks Google for fonts. It looks well with those of the system. */
const FOREIGN_LINK = /<link [^>]*href="https?:[^>]*>\s*/g;

/** After those of the board, so that its rules win. */
const STYLES = `<link rel="stylesheet" href="${BOARD_STYLES_PATH}"></head>`;

function changeLinks(ctx: Context): void {
  if (typeof ctx.body === 'string' && ctx.response.is('html'))
    ctx.body = ctx.body.replaceAll(FOREIGN_LINK, '').replace('</head>', STYLES);
}

/** Lets operators through. Sends a browser that opens a page without a login to the login; programs get 401. */
async function admit(ctx: Context, tokens: TokenCache): Promise<boolean> {
  if (ctx.get('Accept').includes('text/html')) return admitOperator(ctx, tokens);
  await authenticateOperator(ctx, tokens);
  return true;
}

const LINKS = [
  { text: 'Operator’s pages', url: ADMIN_PATH },
  { text: 'Log out', url: LOGOUT_PATH },
];

/** Returns Bull Board at /admin/queues, for operators who are logged in: harmless changes only, from its own origin. */
export function queueBoard({ database, queue, push }: WebDeps, tokens: TokenCache): Middleware {
  const adapter = new KoaAdapter();
  const pushes = new BullMQAdapter(push.queue);
  pushes.setVisibilityGuard(createPushVisibility(database));
  adapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: [new BullMQAdapter(queue.queue), pushes],
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'conv', miscLinks: LINKS } },
  });
  // Bull Board's own error handler would show internal messages; problem.ts answers instead.
  adapter.setErrorHandler((error) => {
    if ('status' in error) throw error;
    throw new ConvError('QUEUE_UNAVAILABLE', 'the queue did not answer', { cause: error });
  });
  const board: (ctx: Context, next: () => Promise<unknown>) => Promise<void> = adapter.registerPlugin();

  return async (ctx, next) => {
    if (!isBoard(ctx)) {
      await next();
      return;
    }
    if (!(await admit(ctx, tokens))) return;
    if (!SAFE_METHODS.includes(ctx.method)) {
      assertSameOrigin(ctx);
      assertHarmless(ctx);
    }
    ctx['_matchedRoute'] = BOARD_PATH;
    await compress(ctx, async () => {
      await board(ctx, next);
      changeLinks(ctx);
    });
  };
}
