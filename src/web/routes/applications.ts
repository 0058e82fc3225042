import type { ParsedUrlQuery } from 'node:querystring';
import type Router from '@koa/router';
import { findApplication } from '../../applications/find';
import { listApplications, type ApplicationQuery } from '../../applications/list';
import { replayApplication } from '../../applications/replay';
import { OUTCOME_STATUSES, REJECTION_REASONS } from '../../lib/domain';
import { idRule } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import { requireScope } from '../middleware/auth';
import type { State, WebDeps } from '../context';
import { sendPage } from '../send-page';
import { pageQuery, paging, parameters, several, severalOf, single } from '../query-parameters';

const QUEUED_HINT = '; what is QUEUED or PROCESSING is in the queue (Bull Board, conv queue stats)';

const readQuery = parameters({
  single: { ...paging, candidate_id: single(idRule), job_id: single(idRule) },
  several: { status: severalOf(OUTCOME_STATUSES, QUEUED_HINT), reason: severalOf(REJECTION_REASONS) },
});

function parseQuery(raw: ParsedUrlQuery): ApplicationQuery {
  const asked = readQuery(raw);
  return {
    ...pageQuery(asked),
    status: several(OUTCOME_STATUSES, asked.status),
    reason: several(REJECTION_REASONS, asked.reason),
    candidate_id: asked.candidate_id,
    job_id: asked.job_id,
  };
}

/** `GET /applications`, `GET /applications/{id}` and `POST /applications/{id}/replay`. */
export function applicationRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const { database, queue } = deps;
  const mayRead = requireScope(tokens, 'conversations:read');

  router.get('/applications', mayRead, async (ctx) => {
    sendPage(ctx, await listApplications(database, parseQuery(ctx.query)));
  });

  router.get('/applications/:id', mayRead, async (ctx) => {
    ctx.body = await findApplication(database, queue, ctx.params['id'] ?? '');
  });

  router.post('/applications/:id/replay', requireScope(tokens, 'applications:write'), async (ctx) => {
    const { id = '' } = ctx.params;
    ctx.body = await replayApplication(database, queue, id, ctx.state.requestId);
    ctx.state.facts['application_id'] = id;
    ctx.status = 202;
  });
}
