import { Command, Option } from 'commander';
import type { ConversationFilter } from '../../conversations/filter';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../lib/domain';
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
  parseTime,
  sinceOption,
  untilOption,
} from '../options';
import type { Listing } from '../output';
import { chooseColumns, printList, type ListFlags } from '../pagination';
import { CONVERSATION } from '../resources';

interface Flags extends ListFlags {
  status?: ConversationStatus[];
  candidate?: string;
  job?: string;
  application?: string;
  since?: Date;
  until?: Date;
  updatedSince?: Date;
  watch?: boolean;
}

const EMPTY = {
  noun: 'conversations',
  command: 'conv list',
  nothing: 'no conversations found: list applications with `conv apps list`, or send one with `conv send`',
};

function readFilter(flags: Flags): ConversationFilter {
  const { status, candidate, job, application, since, until, updatedSince } = flags;
  return {
    status,
    candidate_id: candidate,
    job_id: job,
    application_id: application,
    created_after: since,
    created_before: until,
    updated_after: updatedSince,
  };
}

async function list(io: Io, flags: Flags, listing: Omit<Listing, 'format'>): Promise<void> {
  await withBackend(io, ({ conversations }) =>
    printList(io, flags, listing, (page) =>
      conversations.list({ ...readFilter(flags), ...page, order: 'desc' }),
    ),
  );
}

async function watch(io: Io, flags: Flags, listing: Omit<Listing, 'format'>): Promise<void> {
  const { watchConversations } = await import('../watch-conversations');
  await watchConversations(io, readFilter(flags), flags, listing);
}

async function run(io: Io, flags: Flags): Promise<void> {
  assertTimeWindow(flags);
  const { status, candidate, job, application, since, until, updatedSince } = flags;
  const filter = { status, candidate, job, application, since, until, 'updated-since': updatedSince };
  const emptyNotice = describeEmptyList(filter, EMPTY);
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
    .option('--application <id>', 'Only the conversation of this application')
    .addOption(sinceOption('conversations created', now))
    .addOption(untilOption('conversations created', now))
    .addOption(
      new Option(
        '--updated-since <time>',
        'Only conversations created or moved at or after this time, for example 24h or 2026-01-31',
      ).argParser(parseTime),
    )
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(CONVERSATION))
    .addOption(outputOption())
    .option('--watch', 'Show new and changed conversations as they come, until Ctrl-C')
    .action((flags: Flags) => run(io, flags));
}
