import { Command } from 'commander';
import {
  OUTCOME_STATUSES,
  REJECTION_REASONS,
  type ApplicationView,
  type OutcomeStatus,
  type RejectionReason,
} from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import type { Database } from '../../models/connect';
import { describeEmptyList } from '../filters';
import { printNotice, type Io } from '../io';
import {
  allOption,
  assertTimeWindow,
  choicesOption,
  columnsOption,
  limitOption,
  outputOption,
  sinceOption,
  untilOption,
} from '../options';
import { printRecord, type Format } from '../output';
import { chooseColumns, printList, type ListFlags } from '../pagination';
import { APPLICATION } from '../resources';
import { withDatabase, withQueue } from '../stores';
import { dismissCommand } from './apps-dismiss';
import { statsCommand } from './apps-stats';

interface ListAppsFlags extends ListFlags {
  status?: OutcomeStatus[];
  reason?: RejectionReason[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
  dismissed?: boolean;
}

const EMPTY = {
  noun: 'processed applications',
  command: 'conv apps list',
  nothing:
    'no processed applications found: count waiting ones with `conv queue stats`, or send one with `conv send`',
};

async function list(io: Io, flags: ListAppsFlags): Promise<void> {
  assertTimeWindow(flags);
  const { status, reason, candidate, job, since, until, dismissed } = flags;
  const emptyNotice = describeEmptyList({ status, reason, candidate, job, since, until, dismissed }, EMPTY);
  const listing = { ...chooseColumns(flags, APPLICATION), emptyNotice };
  const { listApplications } = await import('../../applications/list');
  await withDatabase(io, (database) =>
    printList(io, flags, listing, (page) =>
      listApplications(database, {
        ...page,
        status,
        reason,
        candidate_id: candidate,
        job_id: job,
        received_after: since,
        received_before: until,
        dismissed: dismissed === true,
        order: 'desc',
      }),
    ),
  );
}

/**
 * Returns an application. While Redis is unavailable, its outcome in PostgreSQL is the answer: the final one as it is, any other
 * with a notice that a replay may be replacing it.
 */
async function findApplication(io: Io, database: Database, id: string): Promise<ApplicationView> {
  const applications = await import('../../applications/find');
  const outcome = await applications.findOutcome(database, id);
  if (outcome?.status === 'ACCEPTED') return outcome;
  try {
    return await withQueue(io, (queue) => applications.findApplication(database, queue, id));
  } catch (error) {
    if (!outcome || !(error instanceof ConvError) || error.code !== 'QUEUE_UNAVAILABLE') throw error;
    printNotice(io, `${error.detail}; this is the outcome in PostgreSQL, which a replay may be replacing`);
    return outcome;
  }
}

async function show(io: Io, id: string, output: Format): Promise<void> {
  const { findDismissal } = await import('../../applications/dismiss');
  const application = await withDatabase(io, async (database) => ({
    ...(await findApplication(io, database, id)),
    ...(await findDismissal(database, id)),
  }));
  await printRecord(io, application, output);
}

/** Returns `conv apps`. */
export function appsCommand(io: Io): Command {
  const now = Date.now();
  const apps = new Command('apps').description('List and show applications and their outcomes');
  apps
    .command('list')
    .description('List processed applications, newest first')
    .addOption(choicesOption('--status <status>', 'Only applications with this status', OUTCOME_STATUSES))
    .addOption(
      choicesOption(
        '--reason <reason>',
        'Only applications rejected or deferred for this reason',
        REJECTION_REASONS,
      ),
    )
    .option('--candidate <id>', 'Only applications of this candidate')
    .option('--job <id>', 'Only applications for this job')
    .addOption(sinceOption('applications received', now))
    .addOption(untilOption('applications received', now))
    .option('--dismissed', 'Only FAILED applications that were dismissed; without it they are left out')
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(APPLICATION))
    .addOption(outputOption())
    .action((flags: ListAppsFlags) => list(io, flags));
  apps
    .command('show')
    .description('Show one application, waiting or processed')
    .argument('<id>', 'Id of the application, as its sender chose it')
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => show(io, id, flags.output));
  apps.addCommand(statsCommand(io));
  apps.addCommand(dismissCommand(io));
  return apps;
}
