import { setTimeout as wait } from 'node:timers/promises';
import { readFeed, type FeedQuery } from '../events/feed';
import { assignPositions } from '../events/position';
import type { FeedEvent } from '../lib/domain';
import type { Database } from '../models/connect';
import type { OutageNotices } from './outage-notices';

const POLL_INTERVAL_MS = 300;
const PAGE_SIZE = 200;

/**
 * Passes on the events after a cursor, and then new ones as they are written, until the process ends. During an outage of the
 * database it waits, then continues after the last event that it passed on.
 */
export async function followFeed(
  database: Database,
  outages: OutageNotices,
  from: Omit<FeedQuery, 'limit'>,
  print: (events: FeedEvent[]) => Promise<void>,
): Promise<never> {
  let { after } = from;
  for (;;) {
    try {
      await assignPositions(database);
      const page = await readFeed(database, { ...from, after, limit: PAGE_SIZE });
      outages.succeeded();
      if (page.data.length > 0) await print(page.data);
      after = page.next_cursor;
      if (page.data.length === PAGE_SIZE) continue;
    } catch (error) {
      outages.failed(error);
    }
    await wait(POLL_INTERVAL_MS);
  }
}
