import { dumpSchema } from '../../db/dump';
import { migrate, migrationStates, newestMigration, rollback } from '../../db/migrate';
import { connectDatabase } from '../../src/models/connect';
import { useDatabase } from '../support/database';

const empty = useDatabase('template0');

async function rollbackAll(): Promise<string[]> {
  const { sequelize } = empty.database;
  const taken: string[] = [];
  for (let name = await newestMigration(sequelize); name; name = await newestMigration(sequelize)) {
    if (await rollback(sequelize, name)) taken.push(name);
  }
  return taken;
}

async function names(): Promise<string[]> {
  return (await migrationStates(empty.database.sequelize)).map(({ name }) => name);
}

afterEach(rollbackAll);

it('reports no applied migrations for an empty database, and does not change it', async () => {
  const states = await migrationStates(empty.database.sequelize);
  expect(states.length).toBeGreaterThan(0);
  expect(states.every(({ applied }) => !applied)).toBe(true);
  expect(await empty.database.sequelize.getQueryInterface().showAllTables()).not.toContain('candidates');
});

it('applies every migration in order and returns their names', async () => {
  expect(await migrate(empty.database.sequelize)).toEqual(await names());
  expect((await migrationStates(empty.database.sequelize)).every(({ applied }) => applied)).toBe(true);
});

it('applies nothing the second time', async () => {
  await migrate(empty.database.sequelize);
  expect(await migrate(empty.database.sequelize)).toEqual([]);
});

it('rolls back one migration at a time, the newest first', async () => {
  await migrate(empty.database.sequelize);
  expect(await rollbackAll()).toEqual((await names()).reverse());
  expect(await newestMigration(empty.database.sequelize)).toBeNull();
});

it('rolls back one migration when two processes roll back at the same time', async () => {
  const { sequelize } = empty.database;
  const two = ['one', 'two'].map((name) => ({
    name,
    up: `CREATE TABLE ${name} ()`,
    down: `DROP TABLE ${name}`,
  }));
  await migrate(sequelize, two);
  const done = await Promise.all([rollback(sequelize, 'two', two), rollback(sequelize, 'two', two)]);
  expect(done.sort()).toEqual([false, true]);
  expect(await rollback(sequelize, 'one', two)).toBe(true);
});

it('leaves the database as it was after all migrations are rolled back', async () => {
  const before = await dumpSchema(empty.database.sequelize);
  await migrate(empty.database.sequelize);
  await rollbackAll();
  expect(await dumpSchema(empty.database.sequelize)).toBe(before);
});

it('produces the same schema after a rollback and a second migration', async () => {
  await migrate(empty.database.sequelize);
  const first = await dumpSchema(empty.database.sequelize);
  await rollbackAll();
  await migrate(empty.database.sequelize);
  expect(await dumpSchema(empty.database.sequelize)).toBe(first);
});

it('runs every migration once when eight processes migrate at the same time', async () => {
  const processes = Array.from({ length: 8 }, () => connectDatabase(empty.url, { poolSize: 1 }).sequelize);
  const applied = await Promise.allSettled(processes.map((sequelize) => migrate(sequelize)));
  await Promise.all(processes.map((sequelize) => sequelize.close()));
  expect(applied.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(applied.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))).toEqual(
    await names(),
  );
});

it('applies all migrations or none: a failure leaves no table and no record', async () => {
  const { sequelize } = empty.database;
  await sequelize.query('CREATE TABLE api_tokens (conflicting integer)');
  await expect(migrate(sequelize)).rejects.toThrow('api_tokens');
  await sequelize.query('DROP TABLE api_tokens');
  expect((await migrationStates(sequelize)).every(({ applied }) => !applied)).toBe(true);
  expect(await migrate(sequelize)).toEqual(await names());
});
