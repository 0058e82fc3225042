import type Router from '@koa/router';
import { findCandidate } from '../../candidates/find';
import type { TokenCache } from '../../tokens/cache';
import { requireScope } from '../middleware/auth';
import type { State, WebDeps } from '../context';
import { sendResource } from '../etag';
import { logCandidatesRead } from '../include-candidates';

/** `GET /candidates/{id}`: personal data, with a scope of its own; each read is logged. */
export function candidateRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  router.get('/candidates/:id', requireScope(tokens, 'candidates:read'), async (ctx) => {
    const candidate = await findCandidate(deps.database, ctx.params['id'] ?? '');
    logCandidatesRead(ctx, deps.log, [candidate.id]);
    sendResource(ctx, candidate);
  });
}
