import { Command } from 'commander';
import {
  OUTCOME_STATUSES,
  REJECTION_REASONS,
  type OutcomeStatus,
  type RejectionReason,
} from '../../lib/domain';
import { withBackend } from '../backend/open-backend';
import { describeEmptyList } from '../filters';
import type { Io } from '../io';
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
import { chooseColumns, printList, type ListFlags } from '../pagination';
import { APPLICATION } from '../resources';
import { dismissCommand } from './apps-dismiss';
import { showApplicationCommand } from './apps-show';
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
  await withBackend(io, ({ applications }) =>
    printList(io, flags, listing, (page) =>
      applications.list({
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

/** Returns `conv apps`. */
export function appsCommand(io: Io): Command {
  const now = Date.now();
  const apps = new Command('apps');
  apps
    .command('list')
    .description('List processed applications, newest first')
    .addOption(
      choicesOption(
        '--status <status>',
        'Only applications with this status; `conv queue stats` counts those that wait',
        OUTCOME_STATUSES,
      ),
    )
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
  apps.addCommand(showApplicationCommand(io));
  apps.addCommand(statsCommand(io));
  apps.addCommand(dismissCommand(io));
  return apps;
}
