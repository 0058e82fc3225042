import { printNotice, type Io } from '../../io';
import { withDatabase, withQueue, withStores } from '../../stores';
import type { Backend, ReplayBackend } from '../backend';
import { storedApplications } from './applications';
import { storedConversations } from './conversations';
import { storedEvents } from './events';
import { storedReplays } from './replays';

/** Runs `work` on the stores. Opens the database; a queue only when `work` needs it. Throws as `withDatabase`. */
export function withStoreBackend<T>(io: Io, work: (backend: Backend) => Promise<T>): Promise<T> {
  return withDatabase(io, (database) =>
    work({
      name: 'PostgreSQL',
      conversations: storedConversations(io, database),
      applications: storedApplications(
        database,
        (read) => withQueue(io, read),
        (notice) => printNotice(io, notice),
      ),
      events: storedEvents(database),
    }),
  );
}

/** Runs `work` on both stores. Throws as `withStores`. */
export function withStoreReplays<T>(io: Io, work: (backend: ReplayBackend) => Promise<T>): Promise<T> {
  return withStores(io, (database, queue) => work(storedReplays(database, queue)));
}
