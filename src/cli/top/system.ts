import type { Settings } from '../../lib/config';
import { createLogger } from '../../lib/log';
import { withDeadline } from '../../lib/shutdown';
import type { SystemDeps } from '../../metrics/system';
import { connectDatabase } from '../../models/connect';
import type { Queues } from '../../queue/queues';
import { watchDurability } from '../../queue/watch-durability';
import type { Io } from '../io';
import { withBothQueues, withDatabase } from '../stores';

const DURABILITY_WITHIN_MS = 1000;

/** Returns a function that names the ways in which Redis may lose applications, checked at each connect. */
async function watchWarnings({ connection }: Queues): Promise<() => readonly string[]> {
  const log = createLogger('cli', 'silent');
  const durability = watchDurability(connection, { required: false, log, refuse: () => undefined });
  await withDeadline(durability.checked, DURABILITY_WITHIN_MS);
  return durability.warnings;
}

function connectReplica({ databaseReadUrl, databaseTls }: Settings): SystemDeps['replica'] {
  if (databaseReadUrl === null) return null;
  return connectDatabase(databaseReadUrl, { applicationName: 'conv cli', tls: databaseTls });
}

/** Runs `work` with all stores. Throws as `withStores`. */
export function withSystem<T>(io: Io, work: (deps: SystemDeps) => Promise<T>): Promise<T> {
  return withDatabase(io, (database, settings) =>
    withBothQueues(io, async (queues) => {
      const replica = connectReplica(settings);
      const { applications: queue, push } = queues;
      try {
        return await work({ database, replica, queue, push, redisWarnings: await watchWarnings(queues) });
      } finally {
        await replica?.sequelize.close();
      }
    }),
  );
}
