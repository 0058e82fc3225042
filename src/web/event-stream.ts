import type { FeedEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { FeedPage, FeedQuery } from '../events/feed';
import type { FeedHub } from '../events/feed-hub';

/** Proxies often close a connection that is silent for a minute. */
const HEARTBEAT_EVERY_MS = 15_000;
/** How often a stream checks its token: a revoked one ends its streams within this and the token cache's time. */
const CHECK_TOKEN_EVERY_MS = 3000;

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
function renderEvent(event: FeedEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Returns a comment that keeps the connection open. Its id moves Last-Event-ID past events that the filter left out. */
function renderHeartbeat(cursor: string | null): string {
  return cursor === null ? ': heartbeat\n\n' : `: heartbeat\nid: ${cursor}\n\n`;
}

/** Returns the page, or null during an outage: browsers do not reconnect to a stream that answers 503. */
async function readUnlessOutage(hub: FeedHub, query: FeedQuery): Promise<FeedPage | null> {
  try {
    return await hub.read(query);
  } catch (error) {
    if (error instanceof ConvError && error.retry !== 'never') return null;
    throw error;
  }
}

/**
 * Yields the feed as server-sent events from the cursor on, without end. The next page is read only after the client has taken
 * the last one, so a slow client costs one page of memory. During a database outage the stream stays open.
 * @param isAuthorized whether the client's token is still valid; the stream ends when it is not
 */
export async function* eventStream(
  hub: FeedHub,
  query: FeedQuery,
  ended: AbortSignal,
  isAuthorized: () => Promise<boolean>,
): AsyncGenerator<string> {
  let cursor = query.after;
  let lastHeartbeat = Date.now();
  // With the id, a stream that begins at the end continues there if it breaks before the first event.
  yield cursor === null ? 'retry: 1000\n\n' : `retry: 1000\nid: ${cursor}\n\n`;
  while (!ended.aborted && (await isAuthorized())) {
    const generation = hub.generation();
    const page = await readUnlessOutage(hub, { ...query, after: cursor });
    if (page && page.data.length > 0) yield page.data.map(renderEvent).join('');
    if (page) cursor = page.next_cursor;
    if (page?.data.length === query.limit) continue;
    if (Date.now() >= lastHeartbeat + HEARTBEAT_EVERY_MS) {
      lastHeartbeat = Date.now();
      yield renderHeartbeat(cursor);
    }
    await hub.waitForNewer(generation, CHECK_TOKEN_EVERY_MS, ended);
  }
}
