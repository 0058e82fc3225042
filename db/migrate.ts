import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { Umzug, type UmzugStorage } from 'umzug';
import * as initial from './migrations/001-initial';

/** In order. From the first release on a migration is never edited: add the next one. */
const MIGRATIONS = [initial];

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

function umzug(context: Context): Umzug<Context> {
  const { sequelize, transaction } = context;
  return new Umzug({
    migrations: MIGRATIONS.map(({ name, up, down }) => ({
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
function locked<T>(sequelize: Sequelize, work: (migrations: Umzug<Context>) => Promise<T>): Promise<T> {
  return sequelize.transaction(async (transaction) => {
    await sequelize.query('SELECT pg_advisory_xact_lock(?)', { replacements: [LOCK], transaction });
    await sequelize.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
      { transaction },
    );
    return work(umzug({ sequelize, transaction }));
  });
}

/** Applies all pending migrations, or none, and returns their names. */
export function migrate(sequelize: Sequelize): Promise<string[]> {
  return locked(sequelize, async (migrations) => (await migrations.up()).map(({ name }) => name));
}

/** Reverts the newest applied migration and returns its name, or null where there is none. Its data is lost. */
export function rollback(sequelize: Sequelize): Promise<string | null> {
  return locked(sequelize, async (migrations) => (await migrations.down())[0]?.name ?? null);
}

/** Returns every migration of this version and whether the database has it. Changes nothing. */
export async function migrationStates(sequelize: Sequelize): Promise<MigrationState[]> {
  const [found] = await sequelize.query<{ table: string | null }>(
    `SELECT to_regclass('schema_migrations')::text AS "table"`,
    { type: QueryTypes.SELECT },
  );
  const rows = found?.table
    ? await sequelize.query<{ name: string }>('SELECT name FROM schema_migrations', {
        type: QueryTypes.SELECT,
      })
    : [];
  const applied = new Set(rows.map((row) => row.name));
  return MIGRATIONS.map(({ name }) => ({ name, applied: applied.has(name) }));
}
