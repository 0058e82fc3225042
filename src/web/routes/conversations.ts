import type { ParsedUrlQuery } from 'node:querystring';
import type Router from '@koa/router';
import * as yup from 'yup';
import { getConversation, listConversations, type ConversationQuery } from '../../conversations/list';
import { moveConversation } from '../../conversations/move';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../lib/domain';
import { idRule, type Violation } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import { check, field, only } from '../../lib/validation';
import { requireScope } from '../middleware/auth';
import { jsonBody, parsedBody } from '../middleware/body';
import type { State, WebDeps } from '../context';
import { sendPage } from '../send-page';
import {
  instant,
  instantFault,
  pageQuery,
  paging,
  parameters,
  several,
  severalOf,
  single,
} from '../query-parameters';

const readQuery = parameters({
  single: {
    ...paging,
    candidate_id: single(idRule),
    job_id: single(idRule),
    created_after: single(instantFault),
    created_before: single(instantFault),
  },
  several: { status: severalOf(CONVERSATION_STATUSES) },
});

function statusFault(value: unknown): Violation | null {
  if (value === undefined) return { code: 'REQUIRED', detail: 'is required' };
  if (CONVERSATION_STATUSES.some((status) => status === value)) return null;
  return { code: 'UNKNOWN_VALUE', detail: `must be one of ${CONVERSATION_STATUSES.join(', ')}` };
}

const move = only(
  yup
    .object({ status: field<ConversationStatus>(statusFault) })
    .typeError('must be a JSON object')
    .nonNullable('must be a JSON object'),
);

function parseQuery(raw: ParsedUrlQuery): ConversationQuery {
  const asked = readQuery(raw);
  return {
    ...pageQuery(asked),
    status: several(CONVERSATION_STATUSES, asked.status),
    candidate_id: asked.candidate_id,
    job_id: asked.job_id,
    created_after: instant(asked.created_after),
    created_before: instant(asked.created_before),
  };
}

/** `GET /conversations`, `GET /conversations/{id}` and `PATCH /conversations/{id}`. */
export function conversationRoutes(router: Router<State>, deps: WebDeps, tokens: TokenCache): void {
  const mayRead = requireScope(tokens, 'conversations:read');
  const mayWrite = requireScope(tokens, 'conversations:write');

  router.get('/conversations', mayRead, async (ctx) => {
    sendPage(ctx, await listConversations(deps.database, parseQuery(ctx.query)));
  });

  router.get('/conversations/:id', mayRead, async (ctx) => {
    ctx.body = await getConversation(deps.database, ctx.params['id'] ?? '');
  });

  router.patch('/conversations/:id', mayWrite, jsonBody, async (ctx) => {
    const { status } = check(move, parsedBody(ctx));
    ctx.body = await moveConversation(deps.database, ctx.params['id'] ?? '', status);
  });
}
