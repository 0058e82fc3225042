import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type Router from '@koa/router';
import { FEED_EVENT_TYPES } from '../../lib/domain';
import type { FeedPage, FeedQuery } from '../../events/feed';
import type { FeedHub } from '../../events/feed-hub';
import { invalid } from '../../lib/errors';
import { isUuid } from '../../lib/ids';
import type { Violation } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import { authenticate, requireScope } from '../middleware/auth';
import { compress } from '../middleware/compress';
import type { Context, State } from '../context';
import { endSignal } from '../end-signal';
import { eventStream } from '../event-stream';
import { defineQuery, once, pageParameters, someOf, time, wholeNumber } from '../query-parameters';

const MAX_WAIT_SECONDS = 60;
/** How many of the newest events a reader may begin with. */
const MAX_TAIL = 10_000;
/** The cursor after the newest event. */
const LATEST = 'latest';

function cursorRule(value: string): Violation | null {
  if (isUuid(value) || value === LATEST) return null;
  const expected = `the id of an event, a next_cursor of this feed, or ${LATEST}`;
  return { code: 'INVALID_CURSOR', detail: `must be ${expected}` };
}

const readQuery = defineQuery({
  after: once(cursorRule, (value) => value?.toLowerCase() ?? null),
  created_after: time,
  tail: wholeNumber({ min: 0, max: MAX_TAIL }, 0),
  type: someOf(FEED_EVENT_TYPES),
  limit: pageParameters.limit,
  wait: wholeNumber({ min: 0, max: MAX_WAIT_SECONDS, unit: ' of seconds' }, 0),
});

const TAIL_ALONE = {
  pointer: '/tail',
  code: 'CONFLICTING',
  detail: 'begins with the newest events: leave out after and created_after',
};

/** Reads the query. A stream that reconnects sends its position as Last-Event-ID, which takes precedence over `after`. */
async function parseQuery(ctx: Context, hub: FeedHub): Promise<{ query: FeedQuery; waitMs: number }> {
  const lastEventId = ctx.get('Last-Event-ID');
  const overrides = lastEventId === '' ? {} : { after: lastEventId };
  const { after, created_after: since, tail, type, limit, wait } = readQuery(ctx.querystring, overrides);
  if (tail > 0 && ((after !== null && lastEventId === '') || since)) throw invalid([TAIL_ALONE]);
  const cursor = after === LATEST ? await hub.findEnd() : after;
  const start = { ...(since && { since }), ...(tail > 0 && cursor === null && { tail }) };
  return { query: { after: cursor, ...start, types: type, limit }, waitMs: wait * 1000 };
}

async function isAuthorized(ctx: Context, tokens: TokenCache): Promise<boolean> {
  try {
    await authenticate(ctx, tokens, 'conversations:read');
    return true;
  } catch {
    return false; // The stream ends; when the client reconnects, it gets the error as a response.
  }
}

/** Returns the first page that has events, or an empty one when the wait is over. */
async function longPoll(
  hub: FeedHub,
  query: FeedQuery,
  waitMs: number,
  ended: AbortSignal,
): Promise<FeedPage> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const generation = hub.generation();
    const page = await hub.read(query);
    const remainingMs = deadline - Date.now();
    if (page.data.length > 0 || remainingMs <= 0 || ended.aborted) return page;
    await hub.waitForNewer(generation, remainingMs, ended);
  }
}

/** `GET /events`: pull, long poll with `wait`, or server-sent events for a client that prefers them in `Accept`. */
export function eventRoutes(
  router: Router<State>,
  hub: FeedHub,
  tokens: TokenCache,
  stopping: AbortSignal,
): void {
  setMaxListeners(0, stopping); // One listener per stream; Node would report the eleventh as a leak.
  router.get('/events', requireScope(tokens, 'conversations:read'), compress, async (ctx) => {
    const { query, waitMs } = await parseQuery(ctx, hub);
    const ended = endSignal(ctx, stopping);
    await hub.refresh();
    const isStream = ctx.accepts('application/json', 'text/event-stream') === 'text/event-stream';
    // A stream reads the first page too, so that a cursor of a removed event is an error and not an empty stream.
    const page = await (isStream ? hub.read(query) : longPoll(hub, query, waitMs, ended));
    ctx.vary('Accept');
    if (!isStream) {
      ctx.body = page;
      return;
    }
    ctx.type = 'text/event-stream';
    ctx.set({ 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    ctx.body = Readable.from(eventStream(hub, query, ended, () => isAuthorized(ctx, tokens)));
  });
}
