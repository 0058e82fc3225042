import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { Umzug, type UmzugStorage } from 'umzug';
import * as initial from './migrations/001-initial';
import * as decide from './migrations/002-decide';
import * as erase from './migrations/003-erase';
import * as decideByKey from './migrations/004-decide-by-key';

/** In order. A migration that has run anywhere is never edited: add the next. */
const MIGRATIONS = [initial, decide, erase, decideByKey];

/** Any constant that no other program uses as an advisory lock in the same database. */
const LOCK = 0x636f6e76;

export interface MigrationState {
  name: string;
  applied: boolean;
}

interface Context {
  sequelize: Sequelize;
  transaction: Transaction;
}

/** The record of what has run, written in the transaction of the migrations themselves: neither is true without the other. */
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

/** One transaction, one advisory lock: of two processes that migrate at once the second waits and finds nothing to do. */
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

/** Applies what is pending, all or nothing, and tells the names of it. */
export function migrate(sequelize: Sequelize): Promise<string[]> {
  return locked(sequelize, async (migrations) => (await migrations.up()).map(({ name }) => name));
}

/** Takes back the newest applied migration and tells its name; null where there is none. Its data is lost. */
export function rollback(sequelize: Sequelize): Promise<string | null> {
  return locked(sequelize, async (migrations) => (await migrations.down())[0]?.name ?? null);
}

/** Every migration this version knows and whether the database has it. Changes nothing. */
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
