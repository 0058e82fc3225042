import { Command } from 'commander';
import { REJECTION_REASONS, type ApplicationView, type RejectionReason } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import type { Database } from '../../models/connect';
import type { ApplicationQueue } from '../../queue/applications';
import { confirm } from '../confirm';
import { EXIT, Exit, usage } from '../exit';
import type { Io } from '../io';
import { printNotice } from '../io';
import { moment, outputOption, severalOf } from '../options';
import { printRows, type Format, type Listing } from '../output';
import { progressOf } from '../progress';
import { withStores } from '../stores';

type Replayable = 'FAILED' | 'REJECTED';

interface Flags {
  status?: Replayable[];
  reason?: RejectionReason[];
  since?: Date;
  until?: Date;
  dryRun?: boolean;
  yes?: boolean;
  output: Format;
}

const COLUMNS = ['id', 'status', 'reason', 'candidate_id', 'job_id', 'received_at'];

/** A reason belongs to REJECTED alone, so it says the status too. */
function statusesOf({ status, reason }: Flags): Replayable[] {
  if (status && reason && !status.includes('REJECTED'))
    throw usage('--reason chooses among REJECTED applications only');
  return reason ? ['REJECTED'] : (status ?? ['FAILED', 'REJECTED']);
}

function assertSelection(ids: string[], flags: Flags): void {
  const filtered = Boolean(flags.status ?? flags.reason ?? flags.since ?? flags.until);
  if (ids.length > 0 && filtered)
    throw usage('name ids or a filter (--status, --reason, --since, --until), not both');
  if (ids.length === 0 && !filtered)
    throw usage('name ids, or a filter: --status, --reason, --since, --until');
}

/** What is asked for, and how many of the ids named do not exist. */
async function select(database: Database, queue: ApplicationQueue, ids: string[], flags: Flags, io: Io) {
  const selection = await import('../../applications/replay-selection');
  if (ids.length === 0) {
    const filter = {
      status: statusesOf(flags),
      reason: flags.reason,
      since: flags.since,
      until: flags.until,
    };
    return { chosen: await selection.selectByFilter(database, queue, filter), missing: 0 };
  }
  const { found, missing } = await selection.selectByIds(database, queue, ids);
  for (const id of missing) printNotice(io, `conv: there is no application ${JSON.stringify(id)}`);
  return { chosen: found, missing: missing.length };
}

function tellLeft(io: Io, left: ApplicationView[]): void {
  for (const { id, status, conversation_id } of left)
    printNotice(
      io,
      `${id} is ${status}${conversation_id ? ` (conversation ${conversation_id})` : ''}: left as it is`,
    );
}

/** Sends one after the other into `sent`, which tells how far it got should a store go away. */
async function send(
  io: Io,
  database: Database,
  queue: ApplicationQueue,
  chosen: ApplicationView[],
  sent: ApplicationView[],
): Promise<void> {
  const { replayApplication } = await import('../../applications/replay');
  const progress = progressOf(io, 'replayed', chosen.length);
  for (const { id } of chosen) {
    try {
      sent.push(await replayApplication(database, queue, id, `replay-${process.pid}`));
    } catch (error) {
      if (!(error instanceof ConvError) || (error.code !== 'CONFLICT' && error.code !== 'ERASED'))
        throw error;
      printNotice(io, `${error.detail}: left as it is`); // It became ACCEPTED since it was chosen, or is of somebody who was erased.
    }
    progress.show(sent.length);
  }
  progress.end();
}

async function sendAndTell(
  io: Io,
  database: Database,
  queue: ApplicationQueue,
  chosen: ApplicationView[],
  listing: Listing,
): Promise<void> {
  const sent: ApplicationView[] = [];
  try {
    await send(io, database, queue, chosen, sent);
  } finally {
    await printRows(io, sent, listing);
    printNotice(io, `replayed ${sent.length}`);
  }
}

async function replay(io: Io, ids: string[], flags: Flags): Promise<void> {
  assertSelection(ids, flags);
  const { replayable } = await import('../../applications/replay');
  await withStores(io, async (database, queue) => {
    const { chosen, missing } = await select(database, queue, ids, flags, io);
    const again = chosen.filter(({ status }) => replayable(status));
    tellLeft(
      io,
      chosen.filter(({ status }) => !replayable(status)),
    );
    const listing = {
      format: flags.output,
      columns: COLUMNS,
      empty: 'nothing to replay: see `conv apps list`',
    };
    const what = `replay ${again.length} application${again.length === 1 ? '' : 's'}`;
    if (flags.dryRun) {
      printNotice(io, `would ${what}; nothing was sent`);
      await printRows(io, again, listing);
    } else if (again.length <= 1 || (await confirm(io, what, flags.yes))) {
      await sendAndTell(io, database, queue, again, listing);
    } else throw new Exit(EXIT.failed);
    if (missing > 0) throw new Exit(EXIT.failed);
  });
}

/** `conv replay` */
export function replayCommand(io: Io): Command {
  return new Command('replay')
    .description('send applications through again: FAILED ones afresh, REJECTED ones decided anew')
    .argument('[ids...]', "applications' ids")
    .option('--status <status>', 'FAILED, REJECTED or both', severalOf<Replayable>(['FAILED', 'REJECTED']))
    .option('--reason <reason>', 'REJECTED for this reason', severalOf(REJECTION_REASONS))
    .option('--since <time>', 'received after: 24h, 7d or ISO', moment)
    .option('--until <time>', 'received before', moment)
    .option('--dry-run', 'print exactly what would be sent, send nothing')
    .option('--yes', 'do not ask')
    .addOption(outputOption())
    .action((ids: string[], flags: Flags) => replay(io, ids, flags));
}
