import { Command } from 'commander';
import type { LostOutcome } from '../../applications/lost-outcomes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, sinceOption } from '../options';
import { printRows, type Format } from '../output';
import { createProgress } from '../progress';
import { withStores } from '../stores';

interface Flags {
  since?: Date;
  dryRun?: boolean;
  output: Format;
}

const COLUMNS = ['id', 'status', 'reason', 'candidate_id', 'job_id', 'received_at', 'processed_at'];
const DAY_MS = 24 * 3_600_000;

const pluralize = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Processes each again, and returns how many; erased ones are named, because nothing is left to process. */
async function processAgain(io: Io, lost: readonly LostOutcome[]): Promise<number> {
  const { processLostAgain } = await import('../../applications/lost-outcomes');
  const progress = createProgress(io, 'processed again', lost.length);
  let again = 0;
  for (const one of lost) {
    if (await processLostAgain(one)) again += 1;
    else printNotice(io, `skipped ${one.job.data.event.id}: the candidate's personal data was erased`);
    progress.update(again);
  }
  progress.finish();
  return again;
}

async function reconcile(io: Io, flags: Flags): Promise<void> {
  const { findLostOutcomes } = await import('../../applications/lost-outcomes');
  const { recordUnrecordedFailures } = await import('../../applications/unrecorded-failures');
  const { presentJob } = await import('../../queue/present-job');
  const since = flags.since ?? new Date(Date.now() - DAY_MS);
  await withStores(io, async (database, queue) => {
    const lost = await findLostOutcomes(database, queue, since);
    const print = () =>
      printRows(
        io,
        lost.map(({ job }) => presentJob(job, 'completed')),
        {
          format: flags.output,
          columns: COLUMNS,
          emptyNotice: 'nothing to do: PostgreSQL has every outcome that the queue remembers',
        },
      );
    if (flags.dryRun) {
      const count = pluralize(lost.length, 'application');
      printNotice(io, `dry run: would process ${count} again; nothing was changed`);
      return print();
    }
    const again = await processAgain(io, lost);
    const recorded = await recordUnrecordedFailures(database, queue, since);
    await print();
    if (again > 0) printNotice(io, `${pluralize(again, 'application')} queued again`);
    if (recorded > 0) printNotice(io, `${pluralize(recorded, 'failure')} recorded that only the queue knew`);
  });
}

/** Returns `conv reconcile`. */
export function reconcileCommand(io: Io): Command {
  return new Command('reconcile')
    .description('Process again what the queue remembers as processed and PostgreSQL has lost in a failover')
    .addOption(sinceOption('applications processed (default: 24h)'))
    .option('--dry-run', 'Print what would be processed again, and change nothing')
    .addOption(outputOption())
    .action((flags: Flags) => reconcile(io, flags));
}
