import { Command } from 'commander';
import type { Io } from '../io';
import { outputOption } from '../options';
import { printRecord, type Format } from '../output';
import { withQueue } from '../stores';

async function stats(io: Io, output: Format): Promise<void> {
  const { queueStats } = await import('../../queue/stats');
  await printRecord(io, await withQueue(io, queueStats), output);
}

/** `conv queue stats` */
export function queueCommand(io: Io): Command {
  const queue = new Command('queue').description('the queue between webhook and workers');
  queue
    .command('stats')
    .description('how many jobs are in which state, and the age of the oldest that waits')
    .addOption(outputOption())
    .action((flags: { output: Format }) => stats(io, flags.output));
  return queue;
}
