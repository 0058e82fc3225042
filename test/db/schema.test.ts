import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpSchema } from '../../db/dump';
import { readSchemaObjects } from '../../db/schema-objects';
import { useDatabase } from '../support/database';

const FILE = join(__dirname, '../../db/schema.sql');
const OBJECTS_FILE = join(__dirname, '../../db/schema-objects.json');

const migrated = useDatabase();
const empty = useDatabase('template0');

/** Returns the names of the schema's objects, each of which must be valid. */
async function objectNames(): Promise<string[]> {
  const objects = await readSchemaObjects(migrated.database.sequelize);
  expect(objects.filter(({ valid }) => !valid)).toEqual([]);
  return objects.map(({ object }) => object);
}

beforeAll(async () => {
  if (!process.env['UPDATE_SCHEMA']) return;
  writeFileSync(FILE, await dumpSchema(migrated.database.sequelize));
  writeFileSync(OBJECTS_FILE, `${JSON.stringify(await objectNames(), null, 2)}\n`);
});

it('lists the objects that the migrations create, for conv doctor (npm run schema updates the list)', async () => {
  expect(JSON.parse(readFileSync(OBJECTS_FILE, 'utf8'))).toEqual(await objectNames());
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
