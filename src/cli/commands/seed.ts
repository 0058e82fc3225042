import { Command } from 'commander';
import type { SeedResult } from '../../conversations/seed';
import type { StatusMix } from '../../conversations/sample-applications';
import type { Settings } from '../../lib/config';
import type { Database } from '../../models/connect';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import { onInterrupt } from '../interrupts';
import type { Io } from '../io';
import { printNotice } from '../io';
import { parseInteger } from '../options';
import { pluralize } from '../../lib/pluralize';
import { createProgress } from '../progress';
import { statusMixOption } from '../status-mix';
import { withDatabase } from '../stores';

interface Flags {
  count: number;
  seed: number;
  status?: StatusMix;
  yes?: boolean;
}

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '::1'];

/** Asks before it writes to a database that may have real data, because sample data is hard to remove from real data. */
async function confirmTarget(
  io: Io,
  { sequelize }: Database,
  { isProduction }: Settings,
  { count, yes }: Flags,
): Promise<void> {
  const { host = 'localhost', database } = sequelize.config;
  if (!isProduction && LOCAL_HOSTS.includes(host)) return;
  const risk = isProduction ? 'NODE_ENV is production' : 'it is on another machine';
  const action = `write ${pluralize(count, 'sample application')} into ${database} on ${host}`;
  if (!(await confirm(io, `${action} (${risk}, and no command removes sample data)`, yes)))
    throw new ExitError(EXIT.failed);
}

/** Seeds until everything is done, or until the operator ends the command: then after the chunks that are being written. */
async function seedInterruptibly(io: Io, database: Database, flags: Flags): Promise<SeedResult> {
  const { seedConversations } = await import('../../conversations/seed');
  const { count, seed, status } = flags;
  const stop = new AbortController();
  const release = onInterrupt(() => stop.abort());
  const progress = createProgress(io, 'seeded', count);
  try {
    return await seedConversations(database, {
      count,
      seed,
      ...(status && { mix: status }),
      progress: (done) => progress.update(done),
      signal: stop.signal,
    });
  } finally {
    progress.finish();
    release();
  }
}

async function seed(io: Io, flags: Flags): Promise<void> {
  const { count } = flags;
  const { created, rejected, done } = await withDatabase(io, async (database, settings) => {
    await confirmTarget(io, database, settings, flags);
    return seedInterruptibly(io, database, flags);
  });
  if (done < count) {
    const progress = `${done.toLocaleString('en')} of ${pluralize(count, 'application')}`;
    printNotice(io, `seeded ${progress}; run the same command to add the others`);
    throw new ExitError(EXIT.interrupted);
  }
  const existing = count - created - rejected;
  printNotice(
    io,
    `${created} conversations created, ${rejected} applications rejected, ${existing} existed already: see \`conv list\``,
  );
}

/** Returns `conv seed`. */
export function seedCommand(io: Io): Command {
  return new Command('seed')
    .option('--count <n>', 'Number of applications', parseInteger(1, 1_000_000), 100)
    .option('--seed <n>', 'Number that selects the data', parseInteger(0, 2 ** 31), 1)
    .addOption(statusMixOption())
    .option('--yes', 'Do not ask for confirmation in production, or if the database is on another machine')
    .action((flags: Flags) => seed(io, flags));
}
