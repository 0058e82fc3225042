import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import Router from '@koa/router';
import { packageRoot } from '../../lib/package-root';
import type { TokenCache } from '../../tokens/cache';
import { sendErrorPage } from '../admin/error-page';
import { ADMIN_PATH, BOARD_STYLES_PATH, SCRIPT_PATH, STYLES_PATH } from '../admin/links';
import type { Context, Middleware, State, WebDeps } from '../context';
import { compress } from '../middleware/compress';
import { errorResponses } from '../middleware/problem';
import { loginRoutes } from './admin-login';
import { admitOperator } from './admit-operator';
import { failedRoutes } from './admin-failed';
import { overviewRoutes } from './admin-overview';
import { adminPageRoutes } from './admin-pages';
import { isBoard } from './queue-board';

/** The files that the pages load, by their path. */
const FILES = [
  [STYLES_PATH, 'admin.css'],
  [SCRIPT_PATH, 'admin.js'],
  [BOARD_STYLES_PATH, 'board.css'],
] as const;

const isPage = (ctx: Context): boolean =>
  (ctx.path === ADMIN_PATH || ctx.path.startsWith(`${ADMIN_PATH}/`)) && !isBoard(ctx);

/** Returns a middleware that lets operators through, and sends others to the login. */
const requireOperator =
  (tokens: TokenCache): Middleware =>
  async (ctx, next) => {
    if (await admitOperator(ctx, tokens)) await next();
  };

function fileRoutes(router: Router<State>): void {
  for (const [path, file] of FILES)
    router.get(path, async (ctx) => {
      ctx.type = extname(file);
      ctx.set('Cache-Control', 'max-age=300');
      ctx.body = await readFile(join(packageRoot(), 'src/web/public', file));
    });
}

/** Returns the operator's pages at /admin, for operators who are logged in. Their errors are pages too. */
export function adminPages(deps: WebDeps, tokens: TokenCache): Middleware {
  const open = new Router<State>();
  loginRoutes(open, tokens);
  fileRoutes(open);

  const pages = new Router<State>();
  overviewRoutes(pages, deps, tokens);
  failedRoutes(pages, deps, tokens);
  adminPageRoutes(pages, deps);

  const steps = [
    open.routes(),
    open.allowedMethods(),
    requireOperator(tokens),
    pages.routes(),
    pages.allowedMethods(),
  ] as Middleware[];
  const withErrors = errorResponses(deps.log, sendErrorPage);
  return async (ctx, next) => {
    if (!isPage(ctx)) {
      await next();
      return;
    }
    const run = async (n: number): Promise<void> => {
      await steps[n]?.(ctx, () => run(n + 1));
    };
    await compress(ctx, async () => {
      await withErrors(ctx, () => run(0));
    });
  };
}
