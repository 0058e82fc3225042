import { Command } from 'commander';
import type { Io } from '../io';
import { outputOption } from '../options';
import { printRows, type Format } from '../output';
import { withQueue, withPushQueue } from '../stores';

const STATS_COLUMNS = [
  'id',
  'waiting',
  'active',
  'delayed',
  'completed',
  'failed',
  'oldest_waiting_seconds',
  'workers',
  'paused_since',
  'pause_reason',
];

async function showStats(io: Io, output: Format): Promise<void> {
  const { queueStats } = await import('../../queue/stats');
  const stats = [await withQueue(io, queueStats), await withPushQueue(io, queueStats)];
  await printRows(io, stats, { format: output, columns: STATS_COLUMNS, emptyNotice: '' });
}

/** Returns `conv queue stats`. */
export function queueCommand(io: Io): Command {
  const queue = new Command('queue').description('Inspect the queues of applications and of pushes');
  queue
    .command('stats')
    .description(
      'Show jobs per state, the oldest waiting job, workers, and since when and why a queue is paused',
    )
    .addOption(outputOption())
    .action((flags: { output: Format }) => showStats(io, flags.output));
  return queue;
}
