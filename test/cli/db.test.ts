import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cells, convOn, dataOf } from '../support/cli';
import { useDatabase } from '../support/database';
import { like } from '../support/like';
import { useQueue } from '../support/queue';

const stores = useDatabase('template0');
const queue = useQueue();
const conv = convOn(stores, queue);
const db = (...args: string[]) => conv(['db', ...args]);

/** However many there are by now: oldest first. */
const ALL = readdirSync(join(__dirname, '../../db/migrations'))
  .map((file) => file.replace(/\.ts$/, ''))
  .sort();
const NEWEST = ALL.at(-1) ?? '';
const APPLIED = `applied ${ALL.join(', ')}\n`;

async function tables(): Promise<string[]> {
  const [rows] = await stores.database.sequelize.query(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  return (rows as { name: string }[]).map(({ name }) => name);
}

/** One after the other: each test goes on from where the one before left the schema. */
it('tells before anything ran that all is pending, and changes nothing', async () => {
  expect(cells(dataOf(await db('status')))).toEqual(ALL.map((name) => [name, 'PENDING']));
  expect(await tables()).toEqual([]);
});

it('exits 3 for a command that needs the schema, and names the remedy', async () => {
  const { code, stdout, stderr } = await conv(['list']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^conv: .*conv db migrate\n$/);
});

it('migrates', async () => {
  const { code, stderr } = await db('migrate');
  expect([code, stderr]).toEqual([0, APPLIED]);
  expect(await tables()).toEqual(
    expect.arrayContaining(['api_tokens', 'applications', 'candidates', 'conversations', 'events']),
  );
});

it('migrates again without doing anything', async () => {
  const { code, stderr } = await db('migrate');
  expect([code, stderr]).toEqual([0, 'the schema is up to date\n']);
});

it('tells that all is applied', async () => {
  expect(JSON.parse(dataOf(await db('status', '-o', 'json')))).toEqual(
    ALL.map((id) => ({ id, status: 'APPLIED' })),
  );
});

it('does not roll back without --yes and without a terminal: exit 2, nothing is lost', async () => {
  const { code, stderr } = await db('rollback');
  expect([code, stderr]).toEqual([2, like(new RegExp(`take back ${NEWEST} with all data.*--yes`))]);
  expect(await tables()).toContain('conversations');
});

it('rolls back with --yes, the newest first', async () => {
  for (const name of ALL.toReversed()) {
    const { code, stderr } = await db('rollback', '--yes');
    expect([code, stderr]).toEqual([0, `took back ${name}\n`]);
  }
  expect(await tables()).not.toContain('conversations');
});

it('has nothing to roll back then', async () => {
  const { code, stderr } = await db('rollback', '--yes');
  expect([code, stderr]).toEqual([0, 'no migration is applied\n']);
});

it('migrates once where two do it at once', async () => {
  const runs = await Promise.all([db('migrate'), db('migrate')]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(runs.map(({ stderr }) => stderr).sort()).toEqual([APPLIED, 'the schema is up to date\n']);
});
