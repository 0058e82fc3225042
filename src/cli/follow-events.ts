import { setTimeout as wait } from 'node:timers/promises';
import type { FeedEventType, FeedEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { readFeed } from '../events/feed';
import { assignPositions } from '../events/position';
import type { Io } from './io';
import { printNotice } from './io';
import { withDatabase } from './stores';

const LOOK_EVERY_MS = 300;
const PORTION = 200;

/**
 * Shows events as they come, until the process is ended. A database that goes away is waited for, and the feed goes on where
 * it was.
 */
export async function followEvents(
  io: Io,
  from: { after: string | null; types: FeedEventType[] | undefined },
  show: (events: FeedEvent[]) => Promise<void>,
): Promise<never> {
  return withDatabase(io, async (database) => {
    let { after } = from;
    let away = false;
    for (;;) {
      try {
        await assignPositions(database);
        const page = await readFeed(database, { after, types: from.types, limit: PORTION });
        if (away) printNotice(io, 'conv: the database is back');
        away = false;
        if (page.data.length > 0) await show(page.data);
        after = page.next_cursor;
        if (page.data.length === PORTION) continue;
      } catch (error) {
        if (!(error instanceof ConvError) || error.retry !== 'outage') throw error;
        if (!away) printNotice(io, 'conv: the database is away; waiting for it');
        away = true;
      }
      await wait(LOOK_EVERY_MS);
    }
  });
}
