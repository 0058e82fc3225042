import { Command } from 'commander';
import type { Database } from '../../models/connect';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, yesOption } from '../options';
import { printRows, type Format } from '../output';
import { withDatabase } from '../stores';

async function migrate(io: Io): Promise<void> {
  const db = await import('../../../db/migrate');
  const applied = await withDatabase(io, ({ sequelize }) => db.migrate(sequelize), {
    withoutTimeLimit: true,
    withoutPooler: true,
  });
  printNotice(io, applied.length === 0 ? 'the schema is up to date' : `applied ${applied.join(', ')}`);
}

async function status(io: Io, output: Format): Promise<void> {
  const db = await import('../../../db/migrate');
  const states = await withDatabase(io, ({ sequelize }) => db.migrationStates(sequelize));
  const rows = states.map(({ name, applied }) => ({ id: name, status: applied ? 'APPLIED' : 'PENDING' }));
  await printRows(io, rows, {
    format: output,
    columns: ['id', 'status'],
    emptyNotice: 'no migrations exist',
  });
}

async function rollback(io: Io, yes: boolean | undefined): Promise<void> {
  const db = await import('../../../db/migrate');
  const work = async ({ sequelize }: Database): Promise<void> => {
    const name = await db.newestMigration(sequelize);
    if (name === null) {
      printNotice(io, 'nothing to roll back: no migration is applied');
      return;
    }
    if (!(await confirm(io, `roll back ${name} and delete its data`, yes))) throw new ExitError(EXIT.failed);
    const isDone = await db.rollback(sequelize, name);
    printNotice(
      io,
      isDone ? `rolled back ${name}` : `nothing to roll back: another process rolled back ${name}`,
    );
  };
  await withDatabase(io, work, { withoutPooler: true });
}

/** Returns `conv db migrate`, `conv db status` and `conv db rollback`. */
export function dbCommand(io: Io): Command {
  const db = new Command('db');
  db.command('migrate')
    .description('Apply pending migrations; safe to run from several processes at once')
    .action(() => migrate(io));
  db.command('status')
    .description('List migrations, applied and pending')
    .addOption(outputOption())
    .action((flags: { output: Format }) => status(io, flags.output));
  db.command('rollback')
    .description('Roll back the newest migration and delete its data')
    .addOption(yesOption())
    .action((flags: { yes?: boolean }) => rollback(io, flags.yes));
  return db;
}
