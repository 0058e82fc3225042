import type Router from '@koa/router';
import { getConversation, listConversations } from '../../conversations/list';
import { moveConversation } from '../../conversations/move';
import { CONVERSATION_STATUSES, type ConversationStatus, type ConversationView } from '../../lib/domain';
import { idRule } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import { defineFields, oneOf } from '../../lib/validation';
import { assertTokenScope, requireScope } from '../middleware/auth';
import { jsonBody, parsedBody } from '../middleware/body';
import { compress } from '../middleware/compress';
import type { State, WebDeps } from '../context';
import { entityTag, matchesRequest, sendResource } from '../etag';
import { includeCandidates } from '../include-candidates';
import { readRelated, RELATED } from '../include-related';
import type { Reader } from '../read-replica';
import { sendPage } from '../send-page';
import { defineQuery, pageParameters, someOf, text, time } from '../query-parameters';

const readQuery = defineQuery({
  ...pageParameters,
  status: someOf(CONVERSATION_STATUSES),
  candidate_id: text(idRule),
  job_id: text(idRule),
  application_id: text(idRule),
  created_after: time,
  created_before: time,
  updated_after: time,
  include: someOf(['candidate']),
});

const readInclude = defineQuery({ include: someOf(RELATED) });

const moveBody = defineFields<{ status: ConversationStatus }>(
  { status: oneOf(CONVERSATION_STATUSES) },
  { unknownFields: 'refuse' },
);

/** `GET /conversations`, `GET /conversations/{id}` and `PATCH /conversations/{id}`. */
export function conversationRoutes(
  router: Router<State>,
  deps: WebDeps,
  tokens: TokenCache,
  reader: Reader,
): void {
  const canRead = requireScope(tokens, 'conversations:read');
  const canWrite = requireScope(tokens, 'conversations:write');

  router.get('/conversations', canRead, compress, async (ctx) => {
    const { include, ...query } = readQuery(ctx.querystring);
    if (include) assertTokenScope(ctx, 'candidates:read');
    const page = await reader.read(ctx, (database) => listConversations(database, query));
    sendPage(ctx, include ? { ...page, data: await includeCandidates(ctx, deps, page.data) } : page);
  });

  router.get('/conversations/:id', canRead, compress, async (ctx) => {
    const { include = [] } = readInclude(ctx.querystring);
    if (include.includes('candidate')) assertTokenScope(ctx, 'candidates:read');
    const { id = '' } = ctx.params;
    const conversation = await reader.read(ctx, (database) => getConversation(database, id));
    if (include.length === 0) {
      sendResource(ctx, conversation);
      return;
    }
    const body = { ...conversation, ...(await readRelated(ctx, deps, conversation, include)) };
    sendResource(ctx, body, conversation, body);
  });

  router.patch('/conversations/:id', canWrite, jsonBody, async (ctx) => {
    const { status } = moveBody.parse(parsedBody(ctx));
    const isExpected = (current: ConversationView) => matchesRequest(ctx, current);
    const moved = await moveConversation(deps.database, ctx.params['id'] ?? '', status, isExpected);
    ctx.set('ETag', entityTag(moved));
    ctx.body = moved;
  });
}
