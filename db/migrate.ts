import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { Umzug, type UmzugStorage } from 'umzug';
import * as initial from './migrations/001-initial';

/** A migration file: its name, and SQL that applies and reverts it. */
export interface Migration {
  name: string;
  up: string;
  down: string;
}

/** In order. From the first release on a migration is never edited: add the next one. */
const MIGRATIONS: readonly Migration[] = [initial];

/** An advisory lock key that no other program uses in the same database. */
const LOCK = 0x636f6e76;

export interface MigrationState {
  name: string;
  applied: boolean;
}

interface Context {
  sequelize: Sequelize;
  transaction: Transaction;
}

/** Records applied migrations in the transaction that applies them, so the record and the schema always agree. */
const storage: UmzugStorage<Context> = {
  async executed({ context: { sequelize, transaction } }) {
    const rows = await sequelize.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name', {
      type: QueryTypes.SELECT,
      transaction,
    });
    return rows.map((row) => row.name);
  },
  async logMigration({ name, context: { sequelize, transaction } }) {
    const replacements = [name];
    await sequelize.query('INSERT INTO schema_migrations (name) VALUES (?)', { replacements, transaction });
  },
  async unlogMigration({ name, context: { sequelize, transaction } }) {
    const replacements = [name];
    await sequelize.query('DELETE FROM schema_migrations WHERE name = ?', { replacements, transaction });
  },
};

function createUmzug(context: Context, migrations: readonly Migration[]): Umzug<Context> {
  const { sequelize, transaction } = context;
  return new Umzug({
    migrations: migrations.map(({ name, up, down }) => ({
      name,
      up: () => sequelize.query(up, { transaction }),
      down: () => sequelize.query(down, { transaction }),
    })),
    context,
    storage,
    logger: undefined,
  });
}

/** Runs in one transaction under one advisory lock: the second of two processes waits and finds nothing to do. */
function locked<T>(
  sequelize: Sequelize,
  migrations: readonly Migration[],
  work: (umzug: Umzug<Context>) => Promise<T>,
): Promise<T> {
  return sequelize.transaction(async (transaction) => {
    await sequelize.query('SELECT pg_advisory_xact_lock(?)', { replacements: [LOCK], transaction });
    await sequelize.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      { transaction },
    );
    return work(createUmzug({ sequelize, transaction }, migrations));
  });
}

/** Applies all pending migrations, or none, and returns their names. */
export function migrate(sequelize: Sequelize, migrations = MIGRATIONS): Promise<string[]> {
  return locked(sequelize, migrations, async (umzug) => (await umzug.up()).map(({ name }) => name));
}

/**
 * Reverts a migration if it is still the newest that is applied. Its data is lost. The name is checked under the lock, so that two
 * rollbacks at the same time do not revert two migrations.
 * @returns whether it was reverted
 */
export function rollback(sequelize: Sequelize, name: string, migrations = MIGRATIONS): Promise<boolean> {
  return locked(sequelize, migrations, async (umzug) => {
    const newest = (await umzug.executed()).at(-1);
    if (newest?.name !== name) return false;
    await umzug.down();
    return true;
  });
}

/** Returns the newest migration that is applied, or null where there is none. Changes nothing. */
export async function newestMigration(sequelize: Sequelize): Promise<string | null> {
  return (await migrationStates(sequelize)).findLast(({ applied }) => applied)?.name ?? null;
}

/** Returns the names of the applied migrations. Changes nothing. */
async function appliedMigrations(sequelize: Sequelize): Promise<string[]> {
  const [found] = await sequelize.query<{ table: string | null }>(
    `SELECT to_regclass('schema_migrations')::text AS "table"`,
    { type: QueryTypes.SELECT },
  );
  if (!found?.table) return [];
  const rows = await sequelize.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name', {
    type: QueryTypes.SELECT,
  });
  return rows.map(({ name }) => name);
}

/** Returns every migration of this version and whether the database has it. Changes nothing. */
export async function migrationStates(sequelize: Sequelize): Promise<MigrationState[]> {
  const applied = new Set(await appliedMigrations(sequelize));
  return MIGRATIONS.map(({ name }) => ({ name, applied: applied.has(name) }));
}

/** Returns the applied migrations that this version does not have: a newer version applied them. Changes nothing. */
export async function laterMigrations(sequelize: Sequelize): Promise<string[]> {
  const own = new Set(MIGRATIONS.map(({ name }) => name));
  return (await appliedMigrations(sequelize)).filter((name) => !own.has(name));
}
