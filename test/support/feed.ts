import type { FeedEventType } from '../../src/lib/domain';
import type { FeedPage } from '../../src/events/feed';
import { assignAllPositions } from '../../src/events/position';
import type { Database } from '../../src/models/connect';
import { eventually } from './eventually';

/** Inserts events and assigns their positions. Returns their ids, in order. */
export async function insertEvents(
  database: Database,
  count: number,
  { type = 'conversation.created', bytes = 0 }: { type?: FeedEventType; bytes?: number } = {},
): Promise<string[]> {
  const [rows] = (await database.sequelize.query(
    `INSERT INTO events (id, type, application_id, data)
     SELECT gen_random_uuid(), :type, 'application-' || n,
       CASE WHEN :type LIKE 'conversation.%' THEN
         json_build_object('id', gen_random_uuid(), 'application_id', 'application-' || n, 'candidate_id', 'candidate-' || n,
           'job_id', 'job-' || repeat('x', :bytes), 'status', 'CREATED', 'created_at', :time, 'updated_at', :time)
       ELSE
         json_build_object('id', 'application-' || n, 'job_id', 'job-' || repeat('x', :bytes), 'candidate_id', 'candidate-' || n,
           'status', 'REJECTED', 'reason', 'ACTIVE_CONVERSATION', 'conversation_id', NULL, 'received_at', :time, 'processed_at', :time)
       END
     FROM generate_series(1, :count) AS n ORDER BY n RETURNING id, sequence_number`,
    { replacements: { type, count, bytes, time: '2026-01-31T09:30:00.000Z' } },
  )) as unknown as [{ id: string; sequence_number: string }[]];
  // A statement that a busy machine cuts off assigned nothing, so it is repeated.
  await eventually(() => assignAllPositions(database));
  return rows.sort((a, b) => Number(a.sequence_number) - Number(b.sequence_number)).map(({ id }) => id);
}

/** Calls `GET /events` with this query. */
export function getEvents(
  { url, token }: { url: string; token: string },
  query = '',
  signal = AbortSignal.timeout(120_000),
): Promise<Response> {
  return fetch(`${url}/events${query}`, { headers: { Authorization: `Bearer ${token}` }, signal });
}

/** Waits until web has cached this token: the first lookup has half a second, which is little under load. */
export async function waitForToken(web: { url: string; token: string }): Promise<void> {
  await eventually(async () => (await getEvents(web, '?limit=1')).ok);
}

export async function readPage(response: Response): Promise<FeedPage> {
  expect({ status: response.status, body: response.ok ? '' : await response.text() }).toEqual({
    status: 200,
    body: '',
  });
  return (await response.json()) as FeedPage;
}
