import { dumpSchema } from '../../db/dump';
import { migrate, migrationStates, rollback } from '../../db/migrate';
import { connectDatabase } from '../../src/models/connect';
import { useDatabase } from '../support/database';

const empty = useDatabase('template0');

async function rollbackAll(): Promise<string[]> {
  const taken: string[] = [];
  for (
    let name = await rollback(empty.database.sequelize);
    name;
    name = await rollback(empty.database.sequelize)
  )
    taken.push(name);
  return taken;
}

async function names(): Promise<string[]> {
  return (await migrationStates(empty.database.sequelize)).map(({ name }) => name);
}

afterEach(rollbackAll);

it('tells of an empty database that nothing is applied, and changes nothing by asking', async () => {
  const states = await migrationStates(empty.database.sequelize);
  expect(states.length).toBeGreaterThan(0);
  expect(states.every(({ applied }) => !applied)).toBe(true);
  expect(await empty.database.sequelize.getQueryInterface().showAllTables()).not.toContain('candidates');
});

it('applies every migration in order and tells their names', async () => {
  expect(await migrate(empty.database.sequelize)).toEqual(await names());
  expect((await migrationStates(empty.database.sequelize)).every(({ applied }) => applied)).toBe(true);
});

it('has nothing to do the second time', async () => {
  await migrate(empty.database.sequelize);
  expect(await migrate(empty.database.sequelize)).toEqual([]);
});

it('takes back the newest migration first, one at a time, and then has none left', async () => {
  await migrate(empty.database.sequelize);
  expect(await rollbackAll()).toEqual((await names()).reverse());
  expect(await rollback(empty.database.sequelize)).toBeNull();
});

it('leaves nothing behind when everything is taken back', async () => {
  const before = await dumpSchema(empty.database.sequelize);
  await migrate(empty.database.sequelize);
  await rollbackAll();
  expect(await dumpSchema(empty.database.sequelize)).toBe(before);
});

it('goes up, down and up to the same schema', async () => {
  await migrate(empty.database.sequelize);
  const first = await dumpSchema(empty.database.sequelize);
  await rollbackAll();
  await migrate(empty.database.sequelize);
  expect(await dumpSchema(empty.database.sequelize)).toBe(first);
});

it('lets eight processes migrate at once: each succeeds, every migration runs once', async () => {
  const processes = Array.from({ length: 8 }, () => connectDatabase(empty.url, { poolSize: 1 }).sequelize);
  const applied = await Promise.allSettled(processes.map((sequelize) => migrate(sequelize)));
  await Promise.all(processes.map((sequelize) => sequelize.close()));
  expect(applied.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(applied.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))).toEqual(
    await names(),
  );
});

it('applies all or nothing: a failure leaves neither tables nor a record', async () => {
  const { sequelize } = empty.database;
  await sequelize.query('CREATE TABLE api_tokens (in_the_way integer)');
  await expect(migrate(sequelize)).rejects.toThrow('api_tokens');
  await sequelize.query('DROP TABLE api_tokens');
  expect((await migrationStates(sequelize)).every(({ applied }) => !applied)).toBe(true);
  expect(await migrate(sequelize)).toEqual(await names());
});
