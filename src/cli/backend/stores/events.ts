import { setTimeout as wait } from 'node:timers/promises';
import { readFeed, type FeedPage, type FeedQuery } from '../../../events/feed';
import { readNewest } from '../../../events/newest';
import { assignPositions } from '../../../events/position';
import type { Database } from '../../../models/connect';
import type { EventBackend } from '../backend';

const POLL_INTERVAL_MS = 300;

/** The event feed in PostgreSQL. */
export function storedEvents(database: Database): EventBackend {
  async function read(query: FeedQuery): Promise<FeedPage> {
    if (query.after === 'latest') return readNewest(database, { limit: 0 });
    await assignPositions(database); // Before each page, because one call numbers a limited number of events.
    return readFeed(database, query);
  }

  return {
    read,
    async poll(query) {
      const page = await read(query);
      if (page.data.length === 0) await wait(POLL_INTERVAL_MS);
      return page;
    },
  };
}
