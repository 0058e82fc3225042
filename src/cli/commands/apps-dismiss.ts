import { userInfo } from 'node:os';
import { Command } from 'commander';
import { ConvError } from '../../lib/errors';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import { printLine, printNotice, type Io } from '../io';
import { yesOption } from '../options';
import { withStores } from '../stores';

interface Flags {
  by?: string;
  yes?: boolean;
}

/** Dismisses one, and returns whether it is dismissed now; says why not. */
async function dismissOne(io: Io, dismissing: Promise<boolean>, id: string): Promise<boolean> {
  try {
    if (await dismissing) printLine(io, `dismissed ${id}`);
    else printNotice(io, `${id} was dismissed before`);
    return true;
  } catch (error) {
    if (!(error instanceof ConvError) || !['NOT_FOUND', 'CONFLICT'].includes(error.code)) throw error;
    printNotice(io, `conv: ${error.detail}`);
    return false;
  }
}

async function dismiss(io: Io, ids: readonly string[], flags: Flags): Promise<void> {
  const { dismissApplication } = await import('../../applications/dismiss');
  const { recordUnrecordedFailures } = await import('../../applications/unrecorded-failures');
  const by = flags.by ?? userInfo().username;
  if (ids.length > 1 && !(await confirm(io, `dismiss ${ids.length} applications`, flags.yes)))
    throw new ExitError(EXIT.failed);
  await withStores(io, async (database, queue) => {
    await recordUnrecordedFailures(database, queue, new Date(0));
    const dismissed: boolean[] = [];
    for (const id of new Set(ids))
      dismissed.push(await dismissOne(io, dismissApplication(database, id, by), id));
    if (dismissed.includes(false)) throw new ExitError(EXIT.failed);
  });
}

/** Returns `conv apps dismiss`. */
export function dismissCommand(io: Io): Command {
  return new Command('dismiss')
    .description(
      'Take FAILED applications off the list: they keep their status and error, and who dismissed them',
    )
    .argument('<ids...>', 'Ids of the applications; put -- before an id that starts with a hyphen')
    .option('--by <name>', 'Who dismisses them (default: the user of this process)')
    .addOption(yesOption())
    .action((ids: string[], flags: Flags) => dismiss(io, ids, flags));
}
