import type Router from '@koa/router';
import type { TokenCache } from '../../tokens/cache';
import { ADMIN_PATH, OVERVIEW_STREAM_PATH } from '../admin/links';
import { sendStream, shareContent } from '../admin/live';
import { shareFigures } from '../admin/overview-figures';
import { overviewContent, sendOverviewPage } from '../admin/overview-page';
import type { State, WebDeps } from '../context';

/** The overview and its stream, for operators who are logged in. All viewers of this process share the figures. */
export function overviewRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const readFigures = shareFigures(deps);
  const readContent = shareContent(readFigures, overviewContent);

  router.get(ADMIN_PATH, async (ctx) => sendOverviewPage(ctx, await readFigures()));
  router.get(OVERVIEW_STREAM_PATH, (ctx) => sendStream(ctx, deps, tokens, readContent));
}
