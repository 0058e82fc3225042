import { QueryTypes } from 'sequelize';
import type { ApplicationView, Replayability, StoredObstacle } from '../lib/domain';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, findJob, type ApplicationQueue } from '../queue/applications';
import { isErased } from './erased-event';

const FIND_OBSTACLES = `
SELECT id, CASE WHEN payload IS NULL THEN 'PAYLOAD_REMOVED' ELSE 'ERASED' END AS obstacle FROM applications
WHERE id = ANY ($1::text[]) AND (payload IS NULL OR payload->'candidate' = 'null')`;

/** Returns the obstacles of the applications that have a row without personal data, by id. */
export async function findStoredObstacles(
  { sequelize }: Database,
  ids: readonly string[],
): Promise<Map<string, StoredObstacle>> {
  const rows = await withDatabaseErrors(() =>
    sequelize.query<{ id: string; obstacle: StoredObstacle }>(FIND_OBSTACLES, {
      type: QueryTypes.SELECT,
      bind: [ids],
    }),
  );
  return new Map(rows.map(({ id, obstacle }) => [id, obstacle]));
}

async function checkJob(queue: ApplicationQueue, id: string): Promise<Replayability> {
  const found = await callQueue(() => findJob(queue, id));
  if (found && found.state !== 'completed' && found.state !== 'failed') return 'WAITING';
  return found && isErased(found.job.data.event) ? 'ERASED' : 'POSSIBLE';
}

/**
 * Returns what a replay would do with each of these applications, in their order.
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function findReplayabilities(
  database: Database,
  queue: ApplicationQueue,
  applications: readonly ApplicationView[],
): Promise<Replayability[]> {
  const ids = applications.map(({ id }) => id);
  const obstacles = await findStoredObstacles(database, ids);
  const check = async ({ id, status }: ApplicationView): Promise<Replayability> =>
    status === 'ACCEPTED' ? 'ACCEPTED' : (obstacles.get(id) ?? (await checkJob(queue, id)));
  return Promise.all(applications.map(check));
}
