import { setTimeout as wait } from 'node:timers/promises';
import type { FeedQuery } from '../events/feed';
import type { FeedEvent } from '../lib/domain';
import { MAX_LIMIT } from '../lists/page';
import type { EventBackend } from './backend/backend';
import type { OutageNotices } from './outage-notices';

const RETRY_INTERVAL_MS = 300;

/**
 * Passes on the events after a cursor, and then new ones as they are written, until the process ends. During an outage it waits,
 * then continues after the last event that it passed on.
 */
export async function followFeed(
  events: EventBackend,
  outages: OutageNotices,
  from: Omit<FeedQuery, 'limit'>,
  print: (events: FeedEvent[]) => Promise<void>,
): Promise<never> {
  let { after } = from;
  for (;;) {
    try {
      const page = await events.poll({ ...from, after, limit: MAX_LIMIT });
      outages.succeeded();
      if (page.data.length > 0) await print(page.data);
      after = page.next_cursor;
    } catch (error) {
      outages.failed(error);
      await wait(RETRY_INTERVAL_MS);
    }
  }
}
