import type { FeedEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { FeedPage, FeedQuery } from '../events/feed';
import type { FeedHub } from '../events/feed-hub';

/** Often enough for the proxies in between, which cut what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** A revoked token ends its streams within this, and the little that tokens are remembered. */
const ASK_AGAIN_MS = 3000;

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
function frame(event: FeedEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** An id without data moves the reader's Last-Event-ID on past what its filter left out, and shows that we are there. */
function heartbeat(cursor: string | null): string {
  return cursor === null ? ': heartbeat\n\n' : `: heartbeat\nid: ${cursor}\n\n`;
}

/** The page, or null where it cannot be had for now: a browser does not come back to a stream that answers 503. */
async function readUnlessAway(hub: FeedHub, query: FeedQuery): Promise<FeedPage | null> {
  try {
    return await hub.read(query);
  } catch (error) {
    if (error instanceof ConvError && error.retry !== 'never') return null;
    throw error;
  }
}

/**
 * The feed as server-sent events, from the cursor on and without end. A page is read only when the reader has taken the one
 * before, so a slow reader costs one page of memory. While the database is away it waits.
 * @param stillAllowed whether the token that began the stream is in force still; else it ends
 */
export async function* eventStream(
  hub: FeedHub,
  query: FeedQuery,
  ended: AbortSignal,
  stillAllowed: () => Promise<boolean>,
): AsyncGenerator<string> {
  let cursor = query.after;
  let lastBeat = Date.now();
  yield 'retry: 1000\n\n';
  while (!ended.aborted && (await stillAllowed())) {
    const seen = hub.generation();
    const page = await readUnlessAway(hub, { ...query, after: cursor });
    if (page && page.data.length > 0) yield page.data.map(frame).join('');
    if (page) cursor = page.next_cursor;
    if (page?.data.length === query.limit) continue;
    if (Date.now() >= lastBeat + HEARTBEAT_MS) {
      lastBeat = Date.now();
      yield heartbeat(cursor);
    }
    await hub.waitForNewer(seen, ASK_AGAIN_MS, ended);
  }
}
