import { Command } from 'commander';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../lib/domain';
import type { Io } from '../io';
import { allOption, choicesOption, limitOption, outputOption, sinceOption, untilOption } from '../options';
import { printList, type ListFlags } from '../pagination';
import { withDatabase } from '../stores';

interface Flags extends ListFlags {
  status?: ConversationStatus[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
}

const COLUMNS = ['id', 'status', 'candidate_id', 'job_id', 'application_id', 'created_at'];

const EMPTY_NOTICE =
  'no conversations found: list applications with `conv apps list`, or send one with `conv send`';

async function list(io: Io, flags: Flags): Promise<void> {
  const { listConversations } = await import('../../conversations/list');
  await withDatabase(io, (database) =>
    printList(io, flags, { columns: COLUMNS, emptyNotice: EMPTY_NOTICE }, (page) =>
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

/** Returns `conv list`. */
export function listCommand(io: Io): Command {
  return new Command('list')
    .description('List conversations, newest first')
    .addOption(
      choicesOption('--status <status>', 'Only conversations with this status', CONVERSATION_STATUSES),
    )
    .option('--candidate <id>', 'Only conversations of this candidate')
    .option('--job <id>', 'Only conversations about this job')
    .addOption(sinceOption('conversations created'))
    .addOption(untilOption('conversations created'))
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(outputOption())
    .action((flags: Flags) => list(io, flags));
}
