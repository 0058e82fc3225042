import { findApplication } from '../../../applications/find';
import { replayApplication } from '../../../applications/replay';
import { selectByFilter, selectByIds } from '../../../applications/replay-selection';
import type { Database } from '../../../models/connect';
import type { ApplicationQueue } from '../../../queue/applications';
import type { ReplayBackend } from '../backend';

/** Replays by way of PostgreSQL and the queue. */
export function storedReplays(database: Database, queue: ApplicationQueue): ReplayBackend {
  return {
    place: '',
    selectByFilter: (filter) => selectByFilter(database, queue, filter),
    selectByIds: (ids) => selectByIds(database, queue, ids),
    replay: (id) => replayApplication(database, queue, id, `replay-${process.pid}`),
    find: (id) => findApplication(database, queue, id),
  };
}
