import { runInProcess } from '../support/cli';
import { useDatabase } from '../support/database';

const stores = useDatabase();

/** Nobody listens there. */
const UNREACHABLE = 'postgres://conv@127.0.0.1:9/conv';

it('conv db migrate connects to DATABASE_DIRECT_URL', async () => {
  const env = { DATABASE_URL: UNREACHABLE, DATABASE_DIRECT_URL: stores.url };
  expect(await runInProcess(['db', 'migrate'], env)).toMatchObject({
    code: 0,
    stderr: 'the schema is up to date\n',
  });
});

it('conv list connects to DATABASE_URL', async () => {
  const env = { DATABASE_URL: stores.url, DATABASE_DIRECT_URL: UNREACHABLE };
  expect((await runInProcess(['list'], env)).code).toBe(0);
});
