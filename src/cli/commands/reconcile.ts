import { Command } from 'commander';
import type { LostOutcome } from '../../applications/lost-outcomes';
import type { ApplicationView } from '../../lib/domain';
import { EXIT, ExitError } from '../exit-codes';
import { printNotice, type Io } from '../io';
import { outputOption, sinceOption } from '../options';
import { printRows, type Format } from '../output';
import { pluralize } from '../../lib/pluralize';
import { createProgress } from '../progress';
import { APPLICATION } from '../resources';
import { createFollower } from '../replay/follow';
import type { ReplayBackend } from '../backend/backend';
import { countOutcome, createTally, describeOutcomes } from '../replay/tally';
import { withStores } from '../stores';

interface Flags {
  since?: Date;
  wait?: boolean;
  dryRun?: boolean;
  output: Format;
}

const COLUMNS = ['id', 'status', 'reason', 'candidate_id', 'job_id', 'received_at', 'processed_at'];

/** Processes each again, and follows it to its outcome if that is asked for. */
async function processAgain(
  io: Io,
  find: ReplayBackend['find'],
  lost: readonly LostOutcome[],
  wait: boolean,
): Promise<void> {
  const { processLostAgain } = await import('../../applications/lost-outcomes');
  const tally = createTally(lost.length);
  const progress = createProgress(io, 'outcomes', lost.length);
  const { signal } = new AbortController();
  const settled = (application: ApplicationView) => {
    countOutcome(tally, application);
    return Promise.resolve();
  };
  const follower = createFollower({ find }, { settled }, signal);
  for (const one of lost) {
    await processLostAgain(one);
    if (wait) await follower.add([one.job.data.event.id]);
    progress.update(lost.length - follower.pending());
  }
  await follower.finish();
  progress.finish();
  const outcomes = wait ? `: ${describeOutcomes(tally.outcomes)}` : '';
  printNotice(io, `queued ${pluralize(lost.length, 'application')} again${outcomes}`);
  if (tally.outcomes.has('FAILED')) throw new ExitError(EXIT.failed);
}

async function reconcile(io: Io, flags: Flags): Promise<void> {
  const { findApplication } = await import('../../applications/find');
  const { findLostOutcomes } = await import('../../applications/lost-outcomes');
  const { recordUnrecordedFailures } = await import('../../applications/unrecorded-failures');
  const { presentJob } = await import('../../queue/present-job');
  const since = flags.since ?? new Date(0);
  await withStores(io, async (database, queue) => {
    const recorded = await recordUnrecordedFailures(database, queue, since);
    if (recorded > 0)
      printNotice(io, `recorded ${pluralize(recorded, 'application')} as FAILED that only the queue knew`);
    const lost = await findLostOutcomes(database, queue, since);
    const find = (id: string) => findApplication(database, queue, id);
    const rows = lost.map(({ job }) => presentJob(job, 'completed'));
    const emptyNotice = 'nothing to do: PostgreSQL has every outcome that the queue remembers';
    await printRows(io, rows, {
      format: flags.output,
      fields: APPLICATION.fields,
      columns: COLUMNS,
      emptyNotice,
    });
    if (flags.dryRun)
      printNotice(
        io,
        `dry run: would process ${pluralize(lost.length, 'application')} again; nothing was changed`,
      );
    else if (lost.length > 0) await processAgain(io, find, lost, flags.wait === true);
  });
}

/** Returns `conv reconcile`. */
export function reconcileCommand(io: Io): Command {
  return new Command('reconcile')
    .addOption(sinceOption('applications processed'))
    .option('--wait', 'Wait for each outcome, and end with counts; exit 1 if any is FAILED')
    .option('--dry-run', 'Print what would be processed again, and change nothing')
    .addOption(outputOption())
    .action((flags: Flags) => reconcile(io, flags));
}
