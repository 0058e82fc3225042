import type { ParsedUrlQuery } from 'node:querystring';
import type Router from '@koa/router';
import { findApplication } from '../conversations/find-application';
import { listApplications, type ApplicationQuery } from '../conversations/list-applications';
import { replayApplication } from '../conversations/replay';
import { DECIDED_STATUSES, REJECTION_REASONS } from '../domain';
import { idFault } from '../text';
import type { TokenCache } from '../tokens/cache';
import { requireScope } from './auth';
import type { State, WebDeps } from './context';
import { presentPage } from './present-page';
import { pageQuery, paging, parameters, several, severalOf, single } from './query';

const QUEUED_HINT = '; what is QUEUED or PROCESSING is in the queue (Bull Board, conv queue stats)';

const readQuery = parameters({
  single: { ...paging, candidate_id: single(idFault), job_id: single(idFault) },
  several: { status: severalOf(DECIDED_STATUSES, QUEUED_HINT), reason: severalOf(REJECTION_REASONS) },
});

function parseQuery(raw: ParsedUrlQuery): ApplicationQuery {
  const asked = readQuery(raw);
  return {
    ...pageQuery(asked),
    status: several(DECIDED_STATUSES, asked.status),
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
    presentPage(ctx, await listApplications(database, parseQuery(ctx.query)));
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
