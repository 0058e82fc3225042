import type { ConvClient } from './create-client';
import { retryCall, type RetryOptions } from './retry';
import type { EventPage, FeedEvent } from './schema';
import { timedFetch } from './timed-fetch';
import { unwrap } from './unwrap';

export type FeedEventType = FeedEvent['type'];

/** The events of some types. */
export type FeedEventOf<Type extends FeedEventType> = FeedEvent & { type: Type };

const LATEST = 'latest';
const WAIT_SECONDS = 20;
/** A connection that broke without notice is given up after this. */
const TIMEOUT_MS = (WAIT_SECONDS + 10) * 1000;
const PAGE_SIZE = 200;

export interface FollowOptions<Type extends FeedEventType> extends RetryOptions {
  /** The cursor saved last; null begins with the oldest event, `latest` with the events from now on. */
  after: string | null;
  /** Only these types. */
  types?: readonly Type[] | undefined;
  /**
   * Stores the cursor. Called, and awaited, when the loop has handled an event and asks for the next one: an event whose handling
   * was interrupted is read again after a restart.
   */
  saveCursor?: ((cursor: string) => unknown) | undefined;
}

/** The events after a cursor, and then new ones as they come. It can be read once. */
export interface EventFeed<Event> extends AsyncIterable<Event> {
  /** Resolves when the place where the feed begins is settled: from then on no event is missed, with `latest` too. */
  readonly started: Promise<void>;
  /** Returns the cursor after everything that was handled; null before the first event. */
  cursor(): string | null;
}

/** Returns a function that polls the feed; it resolves to null when the signal aborts. */
function createPoll(client: ConvClient, { types, signal, onRetry }: FollowOptions<FeedEventType>) {
  const call = (after: string | null, wait: number) => {
    const query = {
      wait,
      limit: PAGE_SIZE,
      ...(after !== null && { after }),
      ...(types && { type: [...types] }),
    };
    const options = { params: { query }, fetch: timedFetch(TIMEOUT_MS), ...(signal && { signal }) };
    return unwrap(client.GET('/events', options));
  };
  return async (after: string | null, wait = WAIT_SECONDS): Promise<EventPage | null> => {
    try {
      return await retryCall(() => call(after, wait), { signal, onRetry });
    } catch (error) {
      if (signal?.aborted) return null;
      throw error;
    }
  };
}

/**
 * Follows the events of conv: yields each one in an order that never changes, and continues by itself when conv or the network
 * was unavailable. The loop ends when `signal` aborts.
 *
 *     for await (const event of followEvents(client, { after: await loadCursor(), saveCursor })) await handle(event);
 *
 * @throws ConvApiError in the loop when an attempt cannot help: a wrong token (401, 403), a wrong option (422), or a cursor whose
 *   event was removed (410)
 */
export function followEvents<Type extends FeedEventType = FeedEventType>(
  client: ConvClient,
  options: FollowOptions<Type>,
): EventFeed<FeedEventOf<Type>> {
  const { after, signal, saveCursor } = options;
  const poll = createPoll(client, options);
  let cursor = after === LATEST ? null : after;

  async function advance(next: string | null): Promise<void> {
    if (next === null || next === cursor) return;
    await saveCursor?.(next);
    cursor = next;
  }

  // At once rather than with the first event that the loop asks for, so that `latest` means the time of the call.
  const start: Promise<EventPage | null> =
    after === LATEST ? poll(LATEST, 0) : Promise.resolve({ data: [], next_cursor: after });
  const started = start.then(() => undefined);
  started.catch(() => undefined); // The loop throws it.

  async function* read(): AsyncGenerator<FeedEventOf<Type>> {
    for (let page = await start; page !== null; page = await poll(cursor)) {
      for (const event of page.data) {
        if (signal?.aborted) return;
        yield event as FeedEventOf<Type>; // The API returns the types that were asked for.
        await advance(event.id);
      }
      await advance(page.next_cursor);
    }
  }
  const events = read();
  return { started, cursor: () => cursor, [Symbol.asyncIterator]: () => events };
}
