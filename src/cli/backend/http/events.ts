import type { ConvClient } from '../../../client/create-client';
import type { FeedPage, FeedQuery } from '../../../events/feed';
import { MAX_LIMIT } from '../../../lists/page';
import type { EventBackend } from '../backend';
import { callConv, toQuery } from './call';

/** How long conv waits for an event before it answers without one. */
export const WAIT_SECONDS = 20;

function readPage(
  client: ConvClient,
  { after, since, tail, types, limit }: FeedQuery,
  wait?: number,
): Promise<FeedPage> {
  const start = after === null ? { tail } : { after };
  const query = toQuery({ ...start, created_after: since, type: types, limit, wait });
  return callConv(client.GET('/events', { params: { query } }));
}

/** Reads as many events as asked for, which may be more than the API returns at once. */
async function readAll(client: ConvClient, query: FeedQuery): Promise<FeedPage> {
  const data: FeedPage['data'] = [];
  let { after: next_cursor } = query;
  for (;;) {
    const limit = Math.min(query.limit - data.length, MAX_LIMIT);
    const page = await readPage(client, { ...query, after: next_cursor, limit });
    data.push(...page.data);
    ({ next_cursor } = page);
    if (page.data.length < limit || data.length >= query.limit) return { data, next_cursor };
  }
}

/**
 * The event feed of a conv elsewhere.
 * @param patient waits longer for an answer, by WAIT_SECONDS
 */
export function remoteEvents(client: ConvClient, patient: ConvClient): EventBackend {
  return {
    read: (query) => readAll(client, query),
    poll: (query) => readPage(patient, query, WAIT_SECONDS),
  };
}
