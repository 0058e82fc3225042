import { Argument, Command, Option } from 'commander';
import type { Queues } from '../../queue/queues';
import type { Io } from '../io';
import { printNotice } from '../io';
import { allOption, assertEndless, limitOption, outputOption, yesOption } from '../options';
import { printRows, type Format } from '../output';
import { QUEUES, pauseQueue, type QueueName } from '../pause';
import { maxRows, printList, type ListFlags } from '../pagination';
import { FAILED_JOB, QUEUE } from '../resources';
import type { RetryFlags } from '../queue-retry';
import { withBothQueues, withPushQueue, withQueue } from '../stores';

async function showStats(io: Io, { watch, output }: { watch?: boolean; output: Format }): Promise<void> {
  if (watch) assertEndless('--watch', output);
  const { queueStats } = await import('../../queue/stats');
  const { redraw } = await import('../redraw');
  const read = ({ applications, push }: Queues) => Promise.all([queueStats(applications), queueStats(push)]);
  const listing = { format: output, ...QUEUE, isTransposed: true, emptyNotice: '' };
  const print = (stats: object[]) => printRows(io, stats, listing);
  await withBothQueues(io, async (queues) =>
    watch ? redraw(io, 'Redis', () => read(queues), print) : print(await read(queues)),
  );
}

async function listFailed(io: Io, queue: QueueName | undefined, flags: ListFlags): Promise<void> {
  const { listFailedJobs } = await import('../list-failed-jobs');
  const max = maxRows(flags);
  await withBothQueues(io, async (queues) => {
    const jobs = await listFailedJobs(queues, queue, max + 1); // One more shows whether more exist.
    const page = { data: jobs.slice(0, max), next_cursor: jobs.length > max ? 'more' : null };
    const listing = { ...FAILED_JOB, emptyNotice: 'no failed jobs found' };
    await printList(io, flags, listing, () => Promise.resolve(page));
  });
}

async function pause(io: Io, name: QueueName, reason: string | undefined): Promise<void> {
  const withOne = name === 'push' ? withPushQueue : withQueue;
  printNotice(io, await withOne(io, ({ queue }) => pauseQueue(name, queue, reason)));
}

async function resume(io: Io, name: QueueName): Promise<void> {
  const { resumeApplications, resumePushes } = await import('../resume');
  await (name === 'push' ? resumePushes(io) : resumeApplications(io));
}

async function retry(io: Io, ids: string[], flags: RetryFlags): Promise<void> {
  const { retryJobs } = await import('../queue-retry');
  await retryJobs(io, ids, flags);
}

const queueArgument = (flags: string) => new Argument(flags, 'Name of the queue').choices(QUEUES);

function addPauseCommands(io: Io, queue: Command): void {
  queue
    .command('pause')
    .description('Stop processing applications or pushing events; webhooks are still accepted')
    .addArgument(queueArgument('<queue>'))
    .option('--reason <text>', 'Why, for `conv queue stats` and `conv doctor`')
    .action((name: QueueName, flags: { reason?: string }) => pause(io, name, flags.reason));
  queue
    .command('resume')
    .description('Resume a paused queue')
    .addArgument(queueArgument('<queue>'))
    .action((name: QueueName) => resume(io, name));
}

/** Returns `conv queue stats`, `failed`, `retry`, `pause` and `resume`. No command empties a queue. */
export function queueCommand(io: Io): Command {
  const queue = new Command('queue');
  queue
    .command('stats')
    .description(
      'Show jobs per state, the oldest waiting job, workers, and since when and why a queue is paused',
    )
    .option('--watch', 'Show it again every second, until Ctrl-C')
    .addOption(outputOption())
    .action((flags: { watch?: boolean; output: Format }) => showStats(io, flags));
  queue
    .command('failed')
    .description('List failed jobs with their error, newest first')
    .addArgument(queueArgument('[queue]'))
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(outputOption())
    .action((name: QueueName | undefined, flags: ListFlags) => listFailed(io, name, flags));
  queue
    .command('retry')
    .description(
      'Give failed jobs new attempts. For applications, `conv replay --wait` also follows them to their outcome',
    )
    .argument('[ids...]', 'Ids of applications or events; put -- before an id that starts with a hyphen')
    .option('--all', 'Retry all failed jobs')
    .addOption(new Option('--queue <queue>', 'Only failed jobs of this queue').choices(QUEUES))
    .option('--dry-run', 'Print exactly what would be retried, and retry nothing')
    .addOption(yesOption())
    .addOption(outputOption())
    .action((ids: string[], flags: RetryFlags) => retry(io, ids, flags));
  addPauseCommands(io, queue);
  return queue;
}
