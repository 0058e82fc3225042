import type { Sequelize } from 'sequelize-typescript';

/** Where processes tell each other that there may be new events. A hint: whoever misses it looks at the table soon. */
export const EVENTS_CHANNEL = 'conv_events';

const AT_MOST_EVERY_MS = 20;

/**
 * Tells waiting readers, outside of any transaction: NOTIFY inside one makes all commits of the database wait for each other.
 * However many events were written meanwhile, one notice is enough.
 */
export function createNotifier(sequelize: Sequelize): () => void {
  let waiting: NodeJS.Timeout | null = null;
  return () => {
    waiting ??= setTimeout(() => {
      waiting = null;
      sequelize.query(`NOTIFY ${EVENTS_CHANNEL}`).catch(() => undefined); // A hint only; readers look by themselves.
    }, AT_MOST_EVERY_MS).unref();
  };
}
