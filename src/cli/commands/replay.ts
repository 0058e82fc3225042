import { Command } from 'commander';
import { REJECTION_REASONS, type ApplicationView, type RejectionReason } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import type { Database } from '../../models/connect';
import type { ApplicationQueue } from '../../queue/applications';
import { confirm } from '../confirm';
import { EXIT, ExitError, usageError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { choicesOption, outputOption, sinceOption, untilOption, yesOption } from '../options';
import { printRows, type Format } from '../output';
import { createProgress } from '../progress';
import { withStores } from '../stores';

const STATUSES = ['FAILED', 'REJECTED'] as const;
type ReplayStatus = (typeof STATUSES)[number];

interface Flags {
  status?: ReplayStatus[];
  reason?: RejectionReason[];
  since?: Date;
  until?: Date;
  dryRun?: boolean;
  yes?: boolean;
  output: Format;
}

interface Stores {
  database: Database;
  queue: ApplicationQueue;
}

const COLUMNS = ['id', 'status', 'reason', 'candidate_id', 'job_id', 'received_at'];

/** Returns the statuses to select. Only REJECTED applications have a rejection reason. */
function selectedStatuses({ status, reason }: Flags): ReplayStatus[] {
  if (status && reason && !status.includes('REJECTED'))
    throw usageError('--reason selects REJECTED applications only: leave out --status FAILED');
  return reason ? ['REJECTED'] : (status ?? [...STATUSES]);
}

function assertSelection(ids: string[], { status, reason, since, until }: Flags): void {
  const hasFilter = Boolean(status ?? reason ?? since ?? until);
  if (ids.length > 0 && hasFilter)
    throw usageError('pass either ids or a filter (--status, --reason, --since, --until), not both');
  if (ids.length === 0 && !hasFilter)
    throw usageError('nothing selected: pass ids or a filter (--status, --reason, --since, --until)');
}

/** Returns the selected applications, and how many of the given ids do not exist. */
async function select(io: Io, { database, queue }: Stores, ids: string[], flags: Flags) {
  const selection = await import('../../applications/replay-selection');
  if (ids.length === 0) {
    const { reason, since, until } = flags;
    const filter = { status: selectedStatuses(flags), reason, since, until };
    return { selected: await selection.selectByFilter(database, queue, filter), missingCount: 0 };
  }
  const { found, missing } = await selection.selectByIds(database, queue, ids);
  for (const id of missing) printNotice(io, `conv: application ${JSON.stringify(id)} does not exist`);
  return { selected: found, missingCount: missing.length };
}

function noticeSkipped(io: Io, { id, status, conversation_id }: ApplicationView): void {
  const conversation = conversation_id ? ` (conversation ${conversation_id})` : '';
  printNotice(io, `skipped ${id}: it is ${status}${conversation}`);
}

/** An application that got its conversation or was erased since the selection is skipped. */
function isSkipped(error: unknown): error is ConvError {
  return error instanceof ConvError && (error.code === 'CONFLICT' || error.code === 'ERASED');
}

/** Replays one application after the other and adds each to `replayed`, so the caller knows how far an outage let it get. */
async function replayAll(
  io: Io,
  { database, queue }: Stores,
  applications: ApplicationView[],
  replayed: ApplicationView[],
): Promise<void> {
  const { replayApplication } = await import('../../applications/replay');
  const progress = createProgress(io, 'replayed', applications.length);
  for (const { id } of applications) {
    try {
      replayed.push(await replayApplication(database, queue, id, `replay-${process.pid}`));
    } catch (error) {
      if (!isSkipped(error)) throw error;
      printNotice(io, `skipped ${id}: ${error.detail}`);
    }
    progress.update(replayed.length);
  }
  progress.finish();
}

const pluralize = (count: number) => `${count} application${count === 1 ? '' : 's'}`;

async function replay(io: Io, ids: string[], flags: Flags): Promise<void> {
  assertSelection(ids, flags);
  const { replayable } = await import('../../applications/replay');
  const print = (rows: ApplicationView[]) =>
    printRows(io, rows, {
      format: flags.output,
      columns: COLUMNS,
      emptyNotice: 'nothing to replay: list applications with `conv apps list`',
    });
  await withStores(io, async (database, queue) => {
    const stores = { database, queue };
    const { selected, missingCount } = await select(io, stores, ids, flags);
    const applications = selected.filter(({ status }) => replayable(status));
    for (const other of selected) if (!replayable(other.status)) noticeSkipped(io, other);
    const action = `replay ${pluralize(applications.length)}`;
    if (flags.dryRun) {
      printNotice(io, `dry run: would ${action}; nothing was changed`);
      await print(applications);
    } else {
      if (applications.length > 1 && !(await confirm(io, action, flags.yes)))
        throw new ExitError(EXIT.failed);
      const replayed: ApplicationView[] = [];
      try {
        await replayAll(io, stores, applications, replayed);
      } finally {
        await print(replayed);
        printNotice(io, `replayed ${pluralize(replayed.length)}`);
      }
    }
    if (missingCount > 0) throw new ExitError(EXIT.failed);
  });
}

/** Returns `conv replay`. */
export function replayCommand(io: Io): Command {
  return new Command('replay')
    .description('Process applications again: FAILED ones with new attempts, REJECTED ones by the same rules')
    .argument('[ids...]', 'Ids of the applications; put -- before an id that starts with a hyphen')
    .addOption(choicesOption('--status <status>', 'Only applications with this status', STATUSES))
    .addOption(
      choicesOption('--reason <reason>', 'Only applications rejected for this reason', REJECTION_REASONS),
    )
    .addOption(sinceOption('applications received'))
    .addOption(untilOption('applications received'))
    .option('--dry-run', 'Print exactly what would be replayed, and replay nothing')
    .addOption(yesOption())
    .addOption(outputOption())
    .action((ids: string[], flags: Flags) => replay(io, ids, flags));
}
