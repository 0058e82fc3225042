import { Command } from 'commander';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../lib/domain';
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
import { CONVERSATION } from '../resources';
import { withDatabase } from '../stores';

interface Flags extends ListFlags {
  status?: ConversationStatus[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
}

const EMPTY = {
  noun: 'conversations',
  command: 'conv list',
  nothing: 'no conversations found: list applications with `conv apps list`, or send one with `conv send`',
};

async function list(io: Io, flags: Flags): Promise<void> {
  assertTimeWindow(flags);
  const { status, candidate, job, since, until } = flags;
  const emptyNotice = describeEmptyList({ status, candidate, job, since, until }, EMPTY);
  const listing = { ...chooseColumns(flags, CONVERSATION), emptyNotice };
  const { listConversations } = await import('../../conversations/list');
  await withDatabase(io, (database) =>
    printList(io, flags, listing, (page) =>
      listConversations(database, {
        ...page,
        status,
        candidate_id: candidate,
        job_id: job,
        created_after: since,
        created_before: until,
        order: 'desc',
      }),
    ),
  );
}

/** Returns `conv list`. */
export function listCommand(io: Io): Command {
  const now = Date.now();
  return new Command('list')
    .description('List conversations, newest first')
    .addOption(
      choicesOption('--status <status>', 'Only conversations with this status', CONVERSATION_STATUSES),
    )
    .option('--candidate <id>', 'Only conversations of this candidate')
    .option('--job <id>', 'Only conversations about this job')
    .addOption(sinceOption('conversations created', now))
    .addOption(untilOption('conversations created', now))
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(CONVERSATION))
    .addOption(outputOption())
    .action((flags: Flags) => list(io, flags));
}
