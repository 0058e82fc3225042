import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { sql, type Store } from '../stores';

/** A deliberate bug in the processes or stores of one run, which the checks must find. Nothing of it is in the product. */
export interface PlantedBug {
  /** Files that a process loads before its own. */
  preloads(kind: 'web' | 'worker'): string[];
  plantInStores(stores: { postgres: Store; redisAdmin: Redis }): Promise<void>;
}

const nothing = { preloads: () => [], plantInStores: () => Promise.resolve() };

const preloadInto = (only: 'web' | 'worker', file: string) => ({
  ...nothing,
  preloads: (kind: 'web' | 'worker') => (kind === only ? [join(__dirname, file)] : []),
});

/** The planted bugs by their name for `--plant`. */
export const PLANTED_BUGS: Readonly<Record<string, PlantedBug>> = {
  none: nothing,
  /** The webhook answers before the application is in the queue. */
  'ack-before-enqueue': preloadInto('web', 'ack-before-enqueue.js'),
  /** The database allows a candidate two active conversations. */
  'no-unique-index': {
    ...nothing,
    plantInStores: async ({ postgres }) => {
      await sql(postgres, 'DROP INDEX conversations_one_active_per_candidate');
    },
  },
  /** A worker that processes a job again does not check whether it has a final outcome, for example after it lost its lock. */
  'lock-not-checked': preloadInto('worker', 'ignore-final-outcomes.js'),
  /** Web takes the time of receipt from the clock of its machine, not from Redis. */
  'own-clock': preloadInto('web', 'own-clock.js'),
  /** Redis does not sync its file before it answers; the setting is repeated after each of its restarts. */
  'appendfsync-no': {
    ...nothing,
    plantInStores: async ({ redisAdmin }) => {
      redisAdmin.on('ready', () => void redisAdmin.config('SET', 'appendfsync', 'no'));
      await redisAdmin.config('SET', 'appendfsync', 'no');
    },
  },
};
