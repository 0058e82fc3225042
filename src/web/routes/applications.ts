import type Router from '@koa/router';
import { findAccepted, findApplication } from '../../applications/find';
import { listApplications } from '../../applications/list';
import { replayApplication } from '../../applications/replay';
import { OUTCOME_STATUSES, REJECTION_REASONS } from '../../lib/domain';
import { idRule } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import { assertTokenScope, requireScope } from '../middleware/auth';
import type { State, WebDeps } from '../context';
import { compress } from '../middleware/compress';
import { sendResource } from '../etag';
import { includeReplays, readState, STATES } from '../include-state';
import { assertOwnApplication } from '../own-application';
import type { Reader } from '../read-replica';
import { sendPage } from '../send-page';
import { defineQuery, optionalFlag, pageParameters, someOf, text, time } from '../query-parameters';

const QUEUED_HINT =
  '; applications that are QUEUED or PROCESSING are in the queue (Bull Board, conv queue stats)';

const readQuery = defineQuery({
  ...pageParameters,
  status: someOf(OUTCOME_STATUSES, QUEUED_HINT),
  reason: someOf(REJECTION_REASONS),
  candidate_id: text(idRule),
  job_id: text(idRule),
  received_after: time,
  received_before: time,
  dismissed: optionalFlag,
  include: someOf(['replay']),
});

const readInclude = defineQuery({ include: someOf(STATES) });

/** `GET /applications`, `GET /applications/{id}` and `POST /applications/{id}/replay`. */
export function applicationRoutes(
  router: Router<State>,
  deps: WebDeps,
  tokens: TokenCache,
  reader: Reader,
): void {
  const { database, queue } = deps;
  const canRead = requireScope(tokens, 'applications:read', 'conversations:read');

  router.get('/applications', canRead, compress, async (ctx) => {
    const { include, ...query } = readQuery(ctx.querystring);
    const page = await reader.read(ctx, (source) => listApplications(source, query));
    sendPage(ctx, include ? { ...page, data: await includeReplays(deps, page.data) } : page);
  });

  router.get('/applications/:id', canRead, compress, async (ctx) => {
    const { include = [] } = readInclude(ctx.querystring);
    if (include.includes('blocking_conversation')) assertTokenScope(ctx, 'conversations:read');
    const { id = '' } = ctx.params;
    const application = await reader.read(
      ctx,
      (source) => findAccepted(source, id),
      (primary) => findApplication(primary, queue, id),
    );
    sendResource(ctx, { ...application, ...(await readState(deps, application, include)) });
  });

  router.post('/applications/:id/replay', requireScope(tokens, 'applications:write'), async (ctx) => {
    const { id = '' } = ctx.params;
    assertOwnApplication(ctx, id);
    ctx.body = await replayApplication(database, queue, id, ctx.state.requestId);
    ctx.state.logFields['application_id'] = id;
    ctx.status = 202;
  });
}
