import type { FeedEventType } from '../../src/lib/domain';
import type { FeedPage } from '../../src/events/feed';
import { assignPositions } from '../../src/events/position';
import type { Database } from '../../src/models/connect';
import { eventually } from './eventually';

/** Writes events as `recordEvent` does, in one statement and placed: their ids, in order. */
export async function insertEvents(
  database: Database,
  count: number,
  { type = 'conversation.created', bytes = 0 }: { type?: FeedEventType; bytes?: number } = {},
): Promise<string[]> {
  const [rows] = (await database.sequelize.query(
    `INSERT INTO events (id, type, application_id, data)
     SELECT gen_random_uuid(), :type, 'application-' || n,
       json_build_object('id', 'application-' || n, 'filler', repeat('x', :bytes))
     FROM generate_series(1, :count) AS n ORDER BY n RETURNING id, sequence_number`,
    { replacements: { type, count, bytes } },
  )) as unknown as [{ id: string; sequence_number: string }[]];
  await assignAllPositions(database);
  return rows.sort((a, b) => Number(a.sequence_number) - Number(b.sequence_number)).map(({ id }) => id);
}

/** Places until there is nothing left to place: one call does a portion. */
export async function assignAllPositions(database: Database): Promise<void> {
  for (let before = '', now = await assignPositions(database); now !== before;) {
    before = now;
    now = await assignPositions(database);
  }
}

/** `GET /events` with this query; answers within the test's patience or fails. */
export function getEvents(
  { url, token }: { url: string; token: string },
  query = '',
  signal = AbortSignal.timeout(120_000),
): Promise<Response> {
  return fetch(`${url}/events${query}`, { headers: { Authorization: `Bearer ${token}` }, signal });
}

/** Until web knows this token: it gives a first look-up half a second, which is little while many requests come at once. */
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
