import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCli, parseCells, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { like } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase('template0');
const queue = useQueue();
const conv = createCli(stores, queue);
const db = (...args: string[]) => conv(['db', ...args]);

/** Every migration, oldest first. */
const ALL = readdirSync(join(__dirname, '../../db/migrations'))
  .filter((file) => file.endsWith('.ts'))
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

/** The tests run in order: each one starts with the schema that the previous one left. */
it('status lists every migration as pending on an empty database, and changes nothing', async () => {
  expect(parseCells(successOutput(await db('status')))).toEqual(ALL.map((name) => [name, 'PENDING']));
  expect(await tables()).toEqual([]);
});

it('a command that needs the schema exits 3 and names conv db migrate', async () => {
  const { code, stdout, stderr } = await conv(['list']);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^conv: .*conv db migrate.*\n$/);
});

it('migrate applies every migration', async () => {
  const { code, stderr } = await db('migrate');
  expect([code, stderr]).toEqual([0, APPLIED]);
  expect(await tables()).toEqual(
    expect.arrayContaining(['api_tokens', 'applications', 'candidates', 'conversations', 'events']),
  );
});

it('migrate does nothing if the schema is up to date', async () => {
  const { code, stderr } = await db('migrate');
  expect([code, stderr]).toEqual([0, 'the schema is up to date\n']);
});

it('status lists every migration as applied', async () => {
  expect(JSON.parse(successOutput(await db('status', '-o', 'json')))).toEqual(
    ALL.map((id) => ({ id, status: 'APPLIED' })),
  );
});

it('rollback refuses without --yes and without a terminal, and changes nothing', async () => {
  const { code, stderr } = await db('rollback');
  expect([code, stderr]).toEqual([2, like(new RegExp(`roll back ${NEWEST} and delete its data.*--yes`))]);
  expect(await tables()).toContain('conversations');
});

it('rollback --yes rolls back the newest migration', async () => {
  for (const name of ALL.toReversed()) {
    const { code, stderr } = await db('rollback', '--yes');
    expect([code, stderr]).toEqual([0, `rolled back ${name}\n`]);
  }
  expect(await tables()).not.toContain('conversations');
});

it('rollback does nothing if no migration is applied', async () => {
  const { code, stderr } = await db('rollback', '--yes');
  expect([code, stderr]).toEqual([0, 'nothing to roll back: no migration is applied\n']);
});

it('of two migrations at the same time one applies and the other has nothing to do', async () => {
  const runs = await Promise.all([db('migrate'), db('migrate')]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0]);
  expect(runs.map(({ stderr }) => stderr).sort()).toEqual([APPLIED, 'the schema is up to date\n']);
});
