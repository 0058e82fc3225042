import { migrationStates } from '../../../db/migrate';
import { CREATED_OBJECTS, readSchemaObjects } from '../../../db/schema-objects';
import type { Database } from '../../models/connect';
import { fault, ok, type Result } from './finding';

export async function checkMigrations({ sequelize }: Database): Promise<Result> {
  const states = await migrationStates(sequelize);
  const pending = states.filter(({ applied }) => !applied).map(({ name }) => name);
  return pending.length === 0
    ? ok(`all ${states.length} applied`)
    : fault(`pending: ${pending.join(', ')}`, 'run `conv db migrate`');
}

/** Compares the database with what the migrations create: somebody may have dropped or disabled a part by hand. */
export async function checkSchemaObjects({ sequelize }: Database): Promise<Result> {
  const found = new Map(
    (await readSchemaObjects(sequelize)).map(({ object, valid }) => [object, valid] as const),
  );
  const missing = CREATED_OBJECTS.filter((object) => !found.has(object));
  const invalid = CREATED_OBJECTS.filter((object) => found.get(object) === false);
  if (missing.length + invalid.length === 0)
    return ok(`all ${CREATED_OBJECTS.length} constraints, indexes, triggers and functions`);
  const problems = [
    ...missing.map((object) => `missing: ${object}`),
    ...invalid.map((object) => `not valid or disabled: ${object}`),
  ];
  return fault(problems.join('; '), 'apply pending migrations, then repair the rest as in db/schema.sql');
}
