import type { Sequelize } from 'sequelize-typescript';

/** The channel on which processes notify each other of new events. A hint only: readers poll the table as well. */
export const EVENTS_CHANNEL = 'conv_events';

const MIN_INTERVAL_MS = 20;

/**
 * Returns a function that notifies waiting readers that new events were committed. It sends at once, then at most every 20 ms,
 * and outside of any transaction: NOTIFY inside one serializes the commits of all transactions that notify.
 */
export function createNotifier(sequelize: Sequelize): () => void {
  let pause: NodeJS.Timeout | null = null;
  let again = false;

  function send(): void {
    sequelize.query(`NOTIFY ${EVENTS_CHANNEL}`).catch(() => undefined); // Readers poll, so a lost notification only delays them.
    pause = setTimeout(() => {
      pause = null;
      if (again) send();
      again = false;
    }, MIN_INTERVAL_MS).unref();
  }

  return () => {
    if (pause === null) send();
    else again = true;
  };
}
