import { Command } from 'commander';
import type { Database } from '../../models/connect';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { parseInteger } from '../options';
import { createProgress } from '../progress';
import { withDatabase } from '../stores';

interface Flags {
  count: number;
  seed: number;
  yes?: boolean;
}

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '::1'];

/** Asks before it writes to a database on another machine, because sample data is hard to remove from real data. */
async function confirmRemote(io: Io, { sequelize }: Database, { count, yes }: Flags): Promise<void> {
  const { host = 'localhost', database } = sequelize.config;
  if (LOCAL_HOSTS.includes(host)) return;
  if (!(await confirm(io, `write ${count} sample applications into ${database} on ${host}`, yes)))
    throw new ExitError(EXIT.failed);
}

async function seed(io: Io, flags: Flags): Promise<void> {
  const { seedConversations } = await import('../../conversations/seed');
  const { count } = flags;
  const progress = createProgress(io, 'seeded', count);
  const { created, rejected } = await withDatabase(io, async (database) => {
    await confirmRemote(io, database, flags);
    return seedConversations(database, {
      count,
      seed: flags.seed,
      progress: (done) => progress.update(done),
    });
  });
  progress.finish();
  const existing = count - created - rejected;
  printNotice(
    io,
    `${created} conversations created, ${rejected} applications rejected, ${existing} existed already: see \`conv list\``,
  );
}

/** Returns `conv seed`. */
export function seedCommand(io: Io): Command {
  return new Command('seed')
    .description('Create realistic sample data; the same seed always creates the same data')
    .option('--count <n>', 'Number of applications', parseInteger(1, 1_000_000), 100)
    .option('--seed <n>', 'Number that selects the data', parseInteger(0, 2 ** 31), 1)
    .option('--yes', 'Do not ask for confirmation if the database is on another machine')
    .action((flags: Flags) => seed(io, flags));
}
