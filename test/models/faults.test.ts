import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ConvError } from '../../src/lib/errors';
import { connectDatabase } from '../../src/models/connect';
import { toConvError, withDatabaseErrors } from '../../src/models/database-errors';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';

const stores = useDatabase();
const empty = useDatabase('template0');

async function told(work: () => Promise<unknown>): Promise<ConvError> {
  const error = await withDatabaseErrors(work).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  if (error instanceof ConvError) return error;
  throw error;
}

function raise(sqlState: string): Promise<unknown> {
  return stores.database.sequelize.query(
    `DO $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = '${sqlState}'; END $$`,
  );
}

it.each([
  ['a deadlock', '40P01', 'CONTENTION', 'contention'],
  ['a serialization failure', '40001', 'CONTENTION', 'contention'],
  ['a lock that was not free', '55P03', 'CONTENTION', 'contention'],
  ['a statement that was given up', '57014', 'CONTENTION', 'contention'],
  ['an idle transaction that was ended', '25P03', 'CONTENTION', 'contention'],
  ['too many connections', '53300', 'DATABASE_UNAVAILABLE', 'outage'],
  ['a full disk', '53100', 'DATABASE_UNAVAILABLE', 'outage'],
  ['a server that shuts down', '57P01', 'DATABASE_UNAVAILABLE', 'outage'],
  ['a server that starts up', '57P03', 'DATABASE_UNAVAILABLE', 'outage'],
  ['a lost connection', '08006', 'DATABASE_UNAVAILABLE', 'outage'],
  ['an input/output error', '58030', 'DATABASE_UNAVAILABLE', 'outage'],
  ['a value out of range', '22003', 'REFUSED', 'never'],
  ['a broken constraint', '23000', 'REFUSED', 'never'],
  ['wrong SQL', '42601', 'INTERNAL', 'backoff'],
])('%s (%s) is %s, retry %s', async (_what, sqlState, code, retry) => {
  const error = await told(() => raise(sqlState));
  expect(error).toMatchObject({ code, retry });
  expect(error.detail).not.toContain('secret');
});

it('reports a real deadlock as contention to one of the two transactions', async () => {
  const { sequelize } = stores.database;
  await sequelize.query('CREATE TABLE locked (id integer PRIMARY KEY); INSERT INTO locked VALUES (1), (2)');
  let holding = 0;
  const lock = (first: number, second: number) => () =>
    sequelize.transaction(async (transaction) => {
      const take = (id: number) =>
        sequelize.query('SELECT FROM locked WHERE id = ? FOR UPDATE', { replacements: [id], transaction });
      await take(first);
      holding += 1;
      await eventually(() => holding === 2);
      await take(second);
    });
  const results = await Promise.allSettled([withDatabaseErrors(lock(1, 2)), withDatabaseErrors(lock(2, 1))]);
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toMatchObject({ code: 'CONTENTION' });
});

it('reports a connection that the server ended as an outage', async () => {
  const { sequelize } = connectDatabase(stores.url); // A pool of its own: it may hand the dead connection out once more.
  const work = () => sequelize.query('SELECT pg_terminate_backend(pg_backend_pid())');
  expect(await told(work)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', retry: 'outage' });
  await sequelize.close();
});

it('reports NUL in a text as data that is always refused', async () => {
  const work = () =>
    stores.database.sequelize.query('SELECT CAST(? AS jsonb)', { replacements: ['"\\u0000"'] });
  expect(await told(work)).toMatchObject({ code: 'REFUSED', retry: 'never' });
});

it.each([
  'SELECT FROM applications',
  'SELECT missing_function()',
  "SELECT '{}'::applications[]", // names the row type of a missing table
  'SELECT FROM nowhere.applications',
  'INSERT INTO nowhere.applications VALUES (1)',
])('reports a database without the schema, with the command that creates it: %s', async (statement) => {
  const error = await told(() => empty.database.sequelize.query(statement));
  expect(error).toMatchObject({ code: 'SCHEMA_INCOMPLETE', retry: 'outage' });
  expect(error.detail).toContain('conv db migrate');
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

it.each([
  [
    'a port where nobody listens',
    async (url: URL) => Object.assign(url, { port: String(await closedPort()) }),
  ],
  ['a host that does not exist', (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' })],
  ['a database that does not exist', (url: URL) => Object.assign(url, { pathname: '/no_such_database' })],
  ['a wrong password', (url: URL) => Object.assign(url, { username: 'nobody', password: 'wrong' })],
])('tells %s as an outage', async (_what, change) => {
  const { sequelize } = connectDatabase((await change(new URL(stores.url))).href);
  expect(await told(() => sequelize.query('SELECT 1'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await sequelize.close();
});

it('gives up on a server that accepts connections and never answers', async () => {
  const hanging = createServer().listen(0, '127.0.0.1');
  await once(hanging, 'listening');
  const { port } = hanging.address() as AddressInfo;
  const { sequelize } = connectDatabase(Object.assign(new URL(stores.url), { port: String(port) }).href);
  expect(await told(() => sequelize.query('SELECT 1'))).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  await sequelize.close();
  hanging.close();
});

it('reports data that a model refuses as refused, not as an outage', async () => {
  const row = stores.database.candidates.build({ id: ['not', 'text'] as unknown as string });
  expect(await told(() => row.save())).toMatchObject({ code: 'REFUSED', retry: 'never' });
});

it.each([[new TypeError('ours')], ['a string'], [undefined]])(
  'leaves %p as it is: it is none of its own',
  (error) => {
    expect(toConvError(error)).toBe(error);
  },
);
