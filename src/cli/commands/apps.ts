import { Command } from 'commander';
import {
  OUTCOME_STATUSES,
  REJECTION_REASONS,
  type OutcomeStatus,
  type RejectionReason,
} from '../../lib/domain';
import type { Io } from '../io';
import { allOption, choicesOption, limitOption, outputOption, sinceOption, untilOption } from '../options';
import { printRecord, type Format } from '../output';
import { printList, type ListFlags } from '../pagination';
import { withDatabase, withStores } from '../stores';
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

const COLUMNS = ['id', 'status', 'reason', 'candidate_id', 'job_id', 'conversation_id', 'received_at'];

const EMPTY_NOTICE =
  'no processed applications found: count waiting ones with `conv queue stats`, or send one with `conv send`';

async function list(io: Io, flags: ListAppsFlags): Promise<void> {
  const { listApplications } = await import('../../applications/list');
  await withDatabase(io, (database) =>
    printList(io, flags, { columns: COLUMNS, emptyNotice: EMPTY_NOTICE }, (page) =>
      listApplications(database, {
        ...page,
        status: flags.status,
        reason: flags.reason,
        candidate_id: flags.candidate,
        job_id: flags.job,
        received_after: flags.since,
        received_before: flags.until,
        dismissed: flags.dismissed === true,
        order: 'desc',
      }),
    ),
  );
}

async function show(io: Io, id: string, output: Format): Promise<void> {
  const { findApplication } = await import('../../applications/find');
  const { findDismissal } = await import('../../applications/dismiss');
  const application = await withStores(io, async (database, queue) => ({
    ...(await findApplication(database, queue, id)),
    ...(await findDismissal(database, id)),
  }));
  await printRecord(io, application, output);
}

/** Returns `conv apps`. */
export function appsCommand(io: Io): Command {
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
    .addOption(sinceOption('applications received'))
    .addOption(untilOption('applications received'))
    .option('--dismissed', 'Only FAILED applications that were dismissed; without it they are left out')
    .addOption(limitOption())
    .addOption(allOption())
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
