import { Command } from 'commander';
import { CONVERSATION_STATUSES, type ConversationStatus, type ConversationView } from '../../domain';
import type { Io } from '../io';
import { tell } from '../io';
import { moment, outputOption, severalOf, wholeNumber } from '../options';
import { printRows, type Format } from '../output';
import { collect, DEFAULT_ROWS } from '../pages';
import { withDatabase } from '../stores';

interface Flags {
  status?: ConversationStatus[];
  candidate?: string;
  job?: string;
  since?: Date;
  until?: Date;
  limit?: number;
  all?: boolean;
  output: Format;
}

const COLUMNS = ['id', 'status', 'candidate_id', 'job_id', 'application_id', 'created_at'];

async function list(io: Io, flags: Flags): Promise<void> {
  const { listConversations } = await import('../../conversations/list');
  const { rows, more } = await withDatabase(io, (database) =>
    collect<ConversationView>(flags.all ? Infinity : (flags.limit ?? DEFAULT_ROWS), (page) =>
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
  const empty =
    'no conversations: see what became of applications with `conv apps list`, or send one with `conv send`';
  await printRows(io, rows, { format: flags.output, columns: COLUMNS, empty });
  if (more && io.outIsTerminal) tell(io, `there are more: --all, or --limit above ${rows.length}`);
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
