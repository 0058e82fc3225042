import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpSchema } from '../../db/dump';
import { useDatabase } from '../support/database';

const FILE = join(__dirname, '../../db/schema.sql');

const migrated = useDatabase();
const empty = useDatabase('template0');

beforeAll(async () => {
  if (process.env['UPDATE_SCHEMA']) writeFileSync(FILE, await dumpSchema(migrated.database.sequelize));
});

it('equals the schema that the migrations produce (npm run schema updates it)', async () => {
  expect(readFileSync(FILE, 'utf8')).toBe(await dumpSchema(migrated.database.sequelize));
});

it('creates the same schema in an empty database', async () => {
  const sql = readFileSync(FILE, 'utf8');
  await empty.database.sequelize.query(sql);
  expect(await dumpSchema(empty.database.sequelize)).toBe(sql);
});

it('refuses to dump kinds of objects that it does not support', async () => {
  const { sequelize } = migrated.database;
  await sequelize.query('CREATE VIEW newest AS SELECT id FROM conversations ORDER BY id DESC LIMIT 1');
  await expect(dumpSchema(sequelize)).rejects.toThrow('newest');
  await sequelize.query('DROP VIEW newest');
});
