import { Command } from 'commander';
import {
  OUTCOME_STATUSES,
  REJECTION_REASONS,
  type OutcomeStatus,
  type RejectionReason,
} from '../../lib/domain';
import type { Io } from '../io';
import { moment, outputOption, severalOf, wholeNumber } from '../options';
import { printRecord, type Format } from '../output';
import { printPages, type ListFlags } from '../pages';
import { withDatabase, withStores } from '../stores';

interface Flags extends ListFlags {
  status?: OutcomeStatus[];
  reason?: RejectionReason[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
}

const COLUMNS = ['id', 'status', 'reason', 'candidate_id', 'job_id', 'conversation_id', 'received_at'];

const EMPTY =
  'no decided applications: look into the queue with `conv queue stats`, or send one with `conv send`';

async function list(io: Io, flags: Flags): Promise<void> {
  const { listApplications } = await import('../../applications/list');
  await withDatabase(io, (database) =>
    printPages(io, flags, { columns: COLUMNS, empty: EMPTY }, (page) =>
      listApplications(database, {
        ...page,
        status: flags.status,
        reason: flags.reason,
        candidate_id: flags.candidate,
        job_id: flags.job,
        received_after: flags.since,
        received_before: flags.until,
        order: 'desc',
      }),
    ),
  );
}

async function show(io: Io, id: string, output: Format): Promise<void> {
  const { findApplication } = await import('../../applications/find');
  const application = await withStores(io, (database, queue) => findApplication(database, queue, id));
  await printRecord(io, application, output);
}

/** `conv apps list` and `conv apps show` */
export function appsCommand(io: Io): Command {
  const apps = new Command('apps').description('applications and what became of them');
  apps
    .command('list')
    .description('decided applications, newest first')
    .option(
      '--status <status>',
      'ACCEPTED, REJECTED or FAILED; several with commas',
      severalOf(OUTCOME_STATUSES),
    )
    .option('--reason <reason>', 'why it was REJECTED; several with commas', severalOf(REJECTION_REASONS))
    .option('--candidate <id>', "one candidate's")
    .option('--job <id>', "one job's")
    .option('--since <time>', 'received after: 24h, 7d or ISO', moment)
    .option('--until <time>', 'received before', moment)
    .option('--limit <n>', 'at most so many (50)', wholeNumber(1, 1_000_000))
    .option('--all', 'all there are')
    .addOption(outputOption())
    .action((flags: Flags) => list(io, flags));
  apps
    .command('show')
    .description('one application, be it in the queue or decided')
    .argument('<id>', "the application's id, as its sender chose it")
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => show(io, id, flags.output));
  return apps;
}
