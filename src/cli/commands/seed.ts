import { Command } from 'commander';
import type { Database } from '../../models/connect';
import { confirm } from '../confirm';
import { EXIT, Exit } from '../exit';
import type { Io } from '../io';
import { printNotice } from '../io';
import { wholeNumber } from '../options';
import { progressOf } from '../progress';
import { withDatabase } from '../stores';

interface Flags {
  count: number;
  seed: number;
  yes?: boolean;
}

const THIS_MACHINE = ['localhost', '127.0.0.1', '::1'];

/** Sample data among real data is hard to take back, so another machine's database is asked for. */
async function assertWanted(io: Io, { sequelize }: Database, { count, yes }: Flags): Promise<void> {
  const { host = 'localhost', database } = sequelize.config;
  if (THIS_MACHINE.includes(host)) return;
  const sure = await confirm(io, `write ${count} sample applications into ${database} on ${host}`, yes);
  if (!sure) throw new Exit(EXIT.failed);
}

async function seed(io: Io, flags: Flags): Promise<void> {
  const { count, seed: number } = flags;
  const { seedConversations } = await import('../../conversations/seed');
  const progress = progressOf(io, 'seeded', count);
  const { created, rejected } = await withDatabase(io, async (database) => {
    await assertWanted(io, database, flags);
    return seedConversations(database, { count, seed: number, progress: (done) => progress.show(done) });
  });
  progress.end();
  const there = count - created - rejected;
  printNotice(
    io,
    `${created} conversations created, ${rejected} applications rejected, ${there} were there before; see conv list`,
  );
}

/** `conv seed` */
export function seedCommand(io: Io): Command {
  return new Command('seed')
    .description('realistic sample data, the same for the same seed')
    .option('--count <n>', 'so many applications', wholeNumber(1, 1_000_000), 100)
    .option('--seed <n>', 'another number, other data', wholeNumber(0, 2 ** 31), 1)
    .option('--yes', "do not ask where the database is another machine's")
    .action((flags: Flags) => seed(io, flags));
}
