import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type Router from '@koa/router';
import { FEED_EVENT_TYPES, type FeedEventType } from '../../lib/domain';
import type { FeedHub } from '../../events/feed-hub';
import { isUuid } from '../../lib/ids';
import type { Violation } from '../../lib/text';
import type { TokenCache } from '../../tokens/cache';
import { authenticate, requireScope } from '../middleware/auth';
import type { Context, State } from '../context';
import { eventStream } from '../event-stream';
import { pageQuery, paging, parameters, several, severalOf, single } from '../query-parameters';

const MAX_WAIT_SECONDS = 60;
/** At the end of the process, the time to take what is written; who does not read must not keep it from ending. */
const LAST_WORDS_MS = 2000;

function cursorFault(value: string): Violation | null {
  return isUuid(value)
    ? null
    : { code: 'INVALID_CURSOR', detail: "must be an event's id, or a next_cursor of this feed" };
}

function waitFault(value: string): Violation | null {
  if (/^\d{1,2}$/.test(value) && Number(value) <= MAX_WAIT_SECONDS) return null;
  return { code: 'OUT_OF_RANGE', detail: `must be a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}` };
}

const readQuery = parameters({
  single: { after: single(cursorFault), limit: paging.limit, wait: single(waitFault) },
  several: { type: severalOf(FEED_EVENT_TYPES) },
});

interface Asked {
  after: string | null;
  types: FeedEventType[] | undefined;
  limit: number;
  waitMs: number;
}

/** A stream that comes back says in Last-Event-ID how far it got; that counts more than the address it first asked. */
function parseQuery(ctx: Context): Asked {
  const lastEventId = ctx.get('Last-Event-ID');
  const asked = readQuery({ ...ctx.query, ...(lastEventId !== '' && { after: lastEventId }) });
  return {
    after: asked.after?.toLowerCase() ?? null,
    types: several(FEED_EVENT_TYPES, asked.type),
    limit: pageQuery(asked).limit,
    waitMs: Number(asked.wait ?? 0) * 1000,
  };
}

/** Aborts when the caller is gone or the process stops; then a caller who does not take the rest is cut off. */
function endOf(ctx: Context, stopping: AbortSignal): AbortSignal {
  const ended = new AbortController();
  let cut: NodeJS.Timeout | undefined;
  const stop = () => {
    ended.abort();
    cut = setTimeout(() => ctx.res.destroy(), LAST_WORDS_MS);
  };
  stopping.addEventListener('abort', stop);
  ctx.res.once('close', () => {
    stopping.removeEventListener('abort', stop);
    clearTimeout(cut);
    ended.abort();
  });
  if (stopping.aborted) stop();
  return ended.signal;
}

async function isAuthentic(ctx: Context, tokens: TokenCache): Promise<boolean> {
  try {
    await authenticate(ctx, tokens, 'conversations:read');
    return true;
  } catch {
    return false; // Revoked, expired, or not to be known: the reader comes back and is told which.
  }
}

/** Answers at once where there is something, else when there is or the wait is over. */
async function poll(ctx: Context, hub: FeedHub, asked: Asked, ended: AbortSignal): Promise<void> {
  const { after, types, limit, waitMs } = asked;
  const until = Date.now() + waitMs;
  for (;;) {
    const seen = hub.generation();
    const page = await hub.read({ after, types, limit });
    const left = until - Date.now();
    if (page.data.length > 0 || left <= 0 || ended.aborted) {
      ctx.body = page;
      return;
    }
    await hub.waitForNewer(seen, left, ended);
  }
}

/** `GET /events`: pull, long poll with `wait`, or server-sent events. */
export function eventRoutes(
  router: Router<State>,
  hub: FeedHub,
  tokens: TokenCache,
  stopping: AbortSignal,
): void {
  setMaxListeners(0, stopping); // One for each stream; without this Node takes the eleventh for a leak.
  router.get('/events', requireScope(tokens, 'conversations:read'), async (ctx) => {
    const asked = parseQuery(ctx);
    const ended = endOf(ctx, stopping);
    await hub.refresh();
    if (!ctx.get('Accept').includes('text/event-stream')) return poll(ctx, hub, asked, ended);
    // The first page is read before the answer begins, so that a cursor that is gone is an error and no empty stream.
    await hub.read({ after: asked.after, types: asked.types, limit: asked.limit });
    const stillAllowed = () => isAuthentic(ctx, tokens);
    ctx.type = 'text/event-stream';
    ctx.set({ 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    ctx.body = Readable.from(eventStream(hub, asked, ended, stillAllowed));
  });
}
