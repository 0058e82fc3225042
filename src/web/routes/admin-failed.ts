import type Router from '@koa/router';
import { startReplayRun } from '../../applications/replay-many';
import type { TokenCache } from '../../tokens/cache';
import { sendFailedPage, sendFailureGroupPage } from '../admin/failed-page';
import { checkedReason, readChunks, readConfirmedCount, readSelection } from '../admin/failure-selection';
import { CONFIRM_REPLAY_PATH, FAILED_PATH, REPLAY_FAILED_PATH, replayRunLink } from '../admin/links';
import { sendStream } from '../admin/live';
import { readRunContent, sendConfirmPage, sendRunPage } from '../admin/replay-page';
import { seeOther } from '../admin/see-other';
import type { Context, State, WebDeps } from '../context';
import { assertTokenScope } from '../middleware/auth';
import { formBody } from '../middleware/body';
import { assertSameOrigin } from '../middleware/same-origin';

function assertMayReplay(ctx: Context): void {
  assertSameOrigin(ctx);
  assertTokenScope(ctx, 'applications:write');
}

/** @throws ConvError as readSelection and startReplayRun */
async function startReplay(ctx: Context, deps: WebDeps): Promise<void> {
  assertMayReplay(ctx);
  const selection = await readSelection(ctx, deps);
  const total = Math.min(readConfirmedCount(ctx), selection.count);
  const run = await startReplayRun(deps, {
    chunks: readChunks(deps, selection),
    total,
    askedBy: ctx.state.token?.name ?? '',
    requestId: ctx.state.requestId,
  });
  Object.assign(ctx.state.logFields, { action: 'replay', replay_run: run, applications: total });
  seeOther(ctx, replayRunLink(run));
}

/** FAILED applications by their error, and their replay, for operators who are logged in. */
export function failedRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  router.get(FAILED_PATH, async (ctx) => {
    const { reason, cursor } = ctx.query;
    if (reason === undefined) await sendFailedPage(ctx, deps);
    else
      await sendFailureGroupPage(
        ctx,
        deps,
        checkedReason(String(reason)),
        cursor === undefined ? undefined : String(cursor),
      );
  });
  router.post(CONFIRM_REPLAY_PATH, formBody, async (ctx) => {
    assertMayReplay(ctx);
    sendConfirmPage(ctx, await readSelection(ctx, deps));
  });
  router.post(REPLAY_FAILED_PATH, formBody, (ctx) => startReplay(ctx, deps));
  router.get('/admin/failed/replays/:id', (ctx) => sendRunPage(ctx, deps, ctx.params['id'] ?? ''));
  router.get('/admin/failed/replays/:id/stream', async (ctx) => {
    const read = () => readRunContent(deps, ctx.params['id'] ?? '');
    await read(); // An unknown id is an error and not an empty stream.
    sendStream(ctx, deps, tokens, read);
  });
}
