import { laterMigrations, migrationStates } from '../../../db/migrate';
import { readSchemaAdditions, type SchemaAddition } from '../../../db/schema-additions';
import { CREATED_OBJECTS, readSchemaObjects } from '../../../db/schema-objects';
import type { Database } from '../../models/connect';
import { fault, ok, warning, type Result } from './finding';

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

/** In one line, because names and definitions may contain line breaks and tabs. */
const describeAddition = ({ kind, name, table, definition }: SchemaAddition): string =>
  `${table} has ${kind} ${name}, which is not conv's: ${definition}`.replace(/\s+/g, ' ');

/** Returns what to do about additions. They were added by hand only if this version and the database have the same migrations. */
async function adviseOnAdditions(sequelize: Database['sequelize']): Promise<string> {
  const later = await laterMigrations(sequelize);
  if (later.length > 0)
    return `run \`conv doctor\` of the version that has the database's migrations: ${later.join(', ')}`;
  const states = await migrationStates(sequelize);
  if (states.some(({ applied }) => !applied)) return 'run `conv db migrate`, then `conv doctor` again';
  return 'remove what should not be there, and replay, or dismiss the applications that fail; see "Applications are FAILED" in docs/operations.md';
}

/** Warns of constraints, unique indexes and triggers that somebody added to conv's tables: applications may become FAILED by them. */
export async function checkSchemaAdditions({ sequelize }: Database): Promise<Result> {
  const additions = await readSchemaAdditions(sequelize);
  if (additions.length === 0)
    return ok("conv's tables have no other constraints, unique indexes or triggers");
  const it = additions.length === 1 ? 'it' : 'they';
  const described = additions.map(describeAddition).join('; ');
  return warning(
    `${described}; ${it} may refuse applications or change rows`,
    await adviseOnAdditions(sequelize),
  );
}
