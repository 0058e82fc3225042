import { Command } from 'commander';
import type { Io } from '../io';
import { outputOption } from '../options';
import { printRecord, type Format } from '../output';
import { withQueue } from '../stores';

async function showStats(io: Io, output: Format): Promise<void> {
  const { queueStats } = await import('../../queue/stats');
  await printRecord(io, await withQueue(io, queueStats), output);
}

/** Returns `conv queue stats`. */
export function queueCommand(io: Io): Command {
  const queue = new Command('queue').description('Inspect the queue of applications');
  queue
    .command('stats')
    .description('Show the number of jobs per state and the age of the oldest waiting job')
    .addOption(outputOption())
    .action((flags: { output: Format }) => showStats(io, flags.output));
  return queue;
}
