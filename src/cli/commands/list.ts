import { Command } from 'commander';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../lib/domain';
import type { Io } from '../io';
import { moment, outputOption, severalOf, wholeNumber } from '../options';
import { printPages, type ListFlags } from '../pages';
import { withDatabase } from '../stores';

interface Flags extends ListFlags {
  status?: ConversationStatus[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
}

const COLUMNS = ['id', 'status', 'candidate_id', 'job_id', 'application_id', 'created_at'];

const EMPTY =
  'no conversations: see what became of applications with `conv apps list`, or send one with `conv send`';

async function list(io: Io, flags: Flags): Promise<void> {
  const { listConversations } = await import('../../conversations/list');
  await withDatabase(io, (database) =>
    printPages(io, flags, { columns: COLUMNS, empty: EMPTY }, (page) =>
      listConversations(database, {
        ...page,
        status: flags.status,
        candidate_id: flags.candidate,
        job_id: flags.job,
        created_after: flags.since,
        created_before: flags.until,
        order: 'desc',
      }),
    ),
  );
}

/** `conv list` */
export function listCommand(io: Io): Command {
  return new Command('list')
    .description('list conversations, newest first')
    .option(
      '--status <status>',
      'CREATED, ONGOING or COMPLETED; several with commas',
      severalOf(CONVERSATION_STATUSES),
    )
    .option('--candidate <id>', "one candidate's")
    .option('--job <id>', "one job's")
    .option('--since <time>', 'created after: 24h, 7d or ISO', moment)
    .option('--until <time>', 'created before', moment)
    .option('--limit <n>', 'at most so many (50)', wholeNumber(1, 1_000_000))
    .option('--all', 'all there are')
    .addOption(outputOption())
    .action((flags: Flags) => list(io, flags));
}
