import { Command } from 'commander';
import type { Io } from '../io';
import { outputOption, sinceOption } from '../options';
import { printRows, type Format } from '../output';
import { APPLICATION_COUNT } from '../resources';
import { withStores } from '../stores';

interface Flags {
  since?: Date;
  output: Format;
}

async function stats(io: Io, { since = new Date(0), output }: Flags): Promise<void> {
  const { countApplications } = await import('../../applications/count');
  const rows = await withStores(io, (database, queue) => countApplications(database, queue, since));
  await printRows(io, rows, { format: output, ...APPLICATION_COUNT, emptyNotice: '' });
}

/** Returns `conv apps stats`. */
export function statsCommand(io: Io): Command {
  return new Command('stats')
    .description('Count applications by status and reason')
    .addOption(sinceOption('applications received'))
    .addOption(outputOption())
    .action((flags: Flags) => stats(io, flags));
}
