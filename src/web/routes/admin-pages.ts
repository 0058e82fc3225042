import type Router from '@koa/router';
import { replayApplication } from '../../applications/replay';
import { invalid } from '../../lib/errors';
import { checkText } from '../../lib/text';
import { sendApplicationPage } from '../admin/application-page';
import { sendApplicationsPage } from '../admin/applications-page';
import { sendCandidatePage } from '../admin/candidate-page';
import { sendConversationPage } from '../admin/conversation-page';
import { find, onlyPage } from '../admin/find';
import { sendFindPage } from '../admin/find-page';
import { APPLICATIONS_PATH, FIND_PATH, replayedLink, RUNBOOK_PATH } from '../admin/links';
import { showPeople } from '../admin/people';
import { sendRunbookPage } from '../admin/runbook-page';
import { seeOther } from '../admin/see-other';
import type { Context, State, WebDeps } from '../context';
import { assertScope } from '../middleware/auth';
import { assertSameOrigin } from '../middleware/same-origin';
import { assertOwnApplication } from '../own-application';

const MAX_TEXT = 400;

/** @throws ConvError INVALID for a text that no store can hold */
async function sendFindings(ctx: Context, deps: WebDeps, text: string): Promise<void> {
  const problem = checkText(text, { max: MAX_TEXT });
  if (problem) throw invalid([{ pointer: '/q', ...problem }]);
  const { found, notices } = await find(deps, text);
  const page = notices.length === 0 ? onlyPage(text, found) : null;
  if (page !== null) {
    seeOther(ctx, page);
    return;
  }
  if (found.length === 0 && notices.length > 0) ctx.status = 503;
  sendFindPage(ctx, text, { notices, found: showPeople(ctx, deps, found) });
}

/** @throws ConvError FORBIDDEN, and what a replay can throw */
async function replay(ctx: Context, { database, queue }: WebDeps, id: string): Promise<void> {
  const { token, requestId } = ctx.state;
  if (!token) throw new Error('requireOperator must run before the token is used');
  assertSameOrigin(ctx);
  assertScope(token, 'applications:write');
  assertOwnApplication(ctx, id);
  await replayApplication(database, queue, id, requestId);
  Object.assign(ctx.state.logFields, { application_id: id, action: 'replay' });
  seeOther(ctx, replayedLink(id, 0));
}

/** Find, candidate, applications, application, conversation and docs/operations.md, for operators who are logged in. */
export function adminPageRoutes(router: Router<State>, deps: WebDeps): void {
  const id = (ctx: { params: Record<string, string | undefined> }) => ctx.params['id'] ?? '';

  router.get(FIND_PATH, async (ctx) => {
    const text = String(ctx.query['q'] ?? '');
    if (text.trim() === '') sendFindPage(ctx, '', null);
    else await sendFindings(ctx, deps, text);
  });
  router.get(RUNBOOK_PATH, sendRunbookPage);
  router.get(APPLICATIONS_PATH, (ctx) => sendApplicationsPage(ctx, deps));
  router.get('/admin/candidates/:id', (ctx) => sendCandidatePage(ctx, deps, id(ctx)));
  router.get('/admin/applications/:id', (ctx) => sendApplicationPage(ctx, deps, id(ctx)));
  router.get('/admin/conversations/:id', (ctx) => sendConversationPage(ctx, deps, id(ctx)));
  router.post('/admin/applications/:id/replay', (ctx) => replay(ctx, deps, id(ctx)));
}
