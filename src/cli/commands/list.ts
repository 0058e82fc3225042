import { Command } from 'commander';
import type { ConversationFilter } from '../../conversations/list';
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
import type { Listing } from '../output';
import { chooseColumns, printList, type ListFlags } from '../pagination';
import { CONVERSATION } from '../resources';
import { withDatabase } from '../stores';

interface Flags extends ListFlags {
  status?: ConversationStatus[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
  watch?: boolean;
}

const EMPTY = {
  noun: 'conversations',
  command: 'conv list',
  nothing: 'no conversations found: list applications with `conv apps list`, or send one with `conv send`',
};

function readFilter({ status, candidate, job, since, until }: Flags): ConversationFilter {
  return { status, candidate_id: candidate, job_id: job, created_after: since, created_before: until };
}

async function list(io: Io, flags: Flags, listing: Omit<Listing, 'format'>): Promise<void> {
  const { listConversations } = await import('../../conversations/list');
  await withDatabase(io, (database) =>
    printList(io, flags, listing, (page) =>
      listConversations(database, { ...readFilter(flags), ...page, order: 'desc' }),
    ),
  );
}

async function watch(io: Io, flags: Flags, listing: Omit<Listing, 'format'>): Promise<void> {
  const { watchConversations } = await import('../watch-conversations');
  await watchConversations(io, readFilter(flags), flags, listing);
}

async function run(io: Io, flags: Flags): Promise<void> {
  assertTimeWindow(flags);
  const { status, candidate, job, since, until } = flags;
  const emptyNotice = describeEmptyList({ status, candidate, job, since, until }, EMPTY);
  const listing = { ...chooseColumns(flags, CONVERSATION), emptyNotice };
  await (flags.watch ? watch : list)(io, flags, listing);
}

/** Returns `conv list`. */
export function listCommand(io: Io): Command {
  const now = Date.now();
  return new Command('list')
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
    .option('--watch', 'Show new and changed conversations as they come, until Ctrl-C')
    .action((flags: Flags) => run(io, flags));
}
