import { Command } from 'commander';
import { confirm } from '../confirm';
import { EXIT, Exit } from '../exit';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption } from '../options';
import { printRows, type Format } from '../output';
import { withDatabase } from '../stores';

async function migrate(io: Io): Promise<void> {
  const db = await import('../../../db/migrate');
  const patience = { withoutTimeLimit: true };
  const applied = await withDatabase(io, ({ sequelize }) => db.migrate(sequelize), patience);
  printNotice(io, applied.length === 0 ? 'the schema is up to date' : `applied ${applied.join(', ')}`);
}

async function status(io: Io, output: Format): Promise<void> {
  const db = await import('../../../db/migrate');
  const states = await withDatabase(io, ({ sequelize }) => db.migrationStates(sequelize));
  const rows = states.map(({ name, applied }) => ({ id: name, status: applied ? 'APPLIED' : 'PENDING' }));
  await printRows(io, rows, { format: output, columns: ['id', 'status'], empty: 'no migrations' });
}

async function rollback(io: Io, yes: boolean | undefined): Promise<void> {
  const db = await import('../../../db/migrate');
  await withDatabase(io, async ({ sequelize }) => {
    const newest = (await db.migrationStates(sequelize)).findLast(({ applied }) => applied);
    if (!newest) {
      printNotice(io, 'no migration is applied');
      return;
    }
    if (!(await confirm(io, `take back ${newest.name} with all data in it`, yes)))
      throw new Exit(EXIT.failed);
    printNotice(io, `took back ${(await db.rollback(sequelize)) ?? 'nothing'}`);
  });
}

/** `conv db migrate`, `status` and `rollback` */
export function dbCommand(io: Io): Command {
  const db = new Command('db').description('the schema');
  db.command('migrate')
    .description('bring the schema up to date; safe to run from several processes at once')
    .action(() => migrate(io));
  db.command('status')
    .description('which migrations are applied')
    .addOption(outputOption())
    .action((flags: { output: Format }) => status(io, flags.output));
  db.command('rollback')
    .description('take the newest migration back')
    .option('--yes', 'do not ask')
    .action((flags: { yes?: boolean }) => rollback(io, flags.yes));
  return db;
}
