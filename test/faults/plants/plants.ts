import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { sql, type Store } from '../stores';

/** A bug put in on purpose, into the processes or stores of one run: nothing of it is in what is shipped. */
export interface Plant {
  env(kind: 'web' | 'worker'): NodeJS.ProcessEnv;
  sow(stores: { postgres: Store; redisAdmin: Redis }): Promise<void>;
}

const nothing = { env: () => ({}), sow: () => Promise.resolve() };

const preload = (file: string) => ({ NODE_OPTIONS: `--require ${join(__dirname, file)}` });

/** The bugs that a run must find, by the name for `--plant`. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  none: nothing,
  /** The webhook answers before the queue has the application. */
  'ack-before-enqueue': {
    ...nothing,
    env: (kind) => (kind === 'web' ? preload('ack-before-enqueue.js') : {}),
  },
  /** Nothing in the database keeps a candidate from having two active conversations. */
  'no-unique-index': {
    ...nothing,
    sow: async ({ postgres }) => {
      await sql(postgres, 'DROP INDEX conversations_one_active_per_candidate');
    },
  },
  /** Whoever does a job once more, its lock lost meanwhile, does not look whether another has decided it. */
  'lock-not-checked': {
    ...nothing,
    sow: async ({ postgres }) => {
      await sql(
        postgres,
        `CREATE OR REPLACE FUNCTION stands(known applications, replaces timestamptz) RETURNS boolean
         LANGUAGE sql STABLE AS 'SELECT false'`,
      );
    },
  },
  /** Redis leaves it to the system when what it wrote reaches the disk; set again whenever it starts. */
  'appendfsync-no': {
    ...nothing,
    sow: async ({ redisAdmin }) => {
      redisAdmin.on('ready', () => void redisAdmin.config('SET', 'appendfsync', 'no'));
      await redisAdmin.config('SET', 'appendfsync', 'no');
    },
  },
};
