import { useDatabase } from '../support/database';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { recordingLog } from '../support/recording-log';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog('error');
const web = useWeb(stores, queue, () => ({ log }));

beforeEach(() => {
  lines.length = 0;
});

it('answers 503 and names the function that is missing', async () => {
  await stores.database.sequelize.query('DROP FUNCTION assign_event_positions');
  const { detail } = await problemOf(await call(web, 'GET', '/events'), 503, 'SCHEMA_INCOMPLETE');
  expect(detail).toBe(
    'the database schema is incomplete: function assign_event_positions() does not exist: run `conv db migrate`, and `conv doctor` for what else is missing',
  );
});

it('logs the missing table behind a failed readyz', async () => {
  await stores.database.sequelize.query('ALTER TABLE conversations RENAME TO elsewhere');
  await fetch(`${web.url}/readyz`);
  expect(JSON.parse(lines[0] ?? '')).toHaveProperty('err.cause.code', 'SCHEMA_INCOMPLETE');
});
