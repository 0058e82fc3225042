import { setTimeout as wait } from 'node:timers/promises';
import { readFeed } from '../events/feed';
import { assignPositions } from '../events/position';
import type { FeedEventType, FeedEvent } from '../lib/domain';
import { isOutage } from '../lib/errors';
import type { Io } from './io';
import { printNotice } from './io';
import { withDatabase } from './stores';

const POLL_INTERVAL_MS = 300;
const PAGE_SIZE = 200;

/**
 * Prints events as they are written, until the process ends. During an outage of the database it waits, then continues after
 * the last event that it printed.
 */
export async function followEvents(
  io: Io,
  from: { after: string | null; types: FeedEventType[] | undefined },
  print: (events: FeedEvent[]) => Promise<void>,
): Promise<never> {
  return withDatabase(io, async (database) => {
    let { after } = from;
    let isDisconnected = false;
    let hasRead = false;
    for (;;) {
      try {
        await assignPositions(database);
        const page = await readFeed(database, { after, types: from.types, limit: PAGE_SIZE });
        if (isDisconnected) printNotice(io, 'conv: reconnected to PostgreSQL');
        isDisconnected = false;
        hasRead = true;
        if (page.data.length > 0) await print(page.data);
        after = page.next_cursor;
        if (page.data.length === PAGE_SIZE) continue;
      } catch (error) {
        // At the start it is no outage that ends by itself, for example a missing schema.
        if (!isOutage(error) || !hasRead) throw error;
        if (!isDisconnected) printNotice(io, 'conv: lost the connection to PostgreSQL, reconnecting');
        isDisconnected = true;
      }
      await wait(POLL_INTERVAL_MS);
    }
  });
}
