import { Command, Option } from 'commander';
import { REJECTION_REASONS, REPLAYABLE_STATUSES } from '../../lib/domain';
import type { Io } from '../io';
import {
  choicesOption,
  outputOption,
  parseRate,
  parseTime,
  sinceOption,
  untilOption,
  yesOption,
} from '../options';
import type { ReplayFlags } from '../replay/flags';

/** Returns `conv replay`. */
export function replayCommand(io: Io): Command {
  return new Command('replay')
    .argument(
      '[ids...]',
      'Ids of the applications; - reads them from standard input, one per line; put -- before an id that starts with a hyphen',
    )
    .addOption(
      choicesOption(
        '--status <status>',
        'Only applications with this status (default: FAILED and REJECTED)',
        REPLAYABLE_STATUSES,
      ),
    )
    .addOption(
      choicesOption(
        '--reason <reason>',
        'Only applications rejected or deferred for this reason',
        REJECTION_REASONS,
      ),
    )
    .option('--candidate <id>', 'Only applications of this candidate')
    .option('--job <id>', 'Only applications for this job')
    .addOption(sinceOption('applications received'))
    .addOption(untilOption('applications received'))
    .addOption(
      new Option(
        '--failed-since <time>',
        'Only applications that failed at or after this time, whenever they were received',
      ).argParser(parseTime),
    )
    .option('--error <text>', 'Only FAILED applications whose error contains this text')
    .option(
      '--file <file>',
      'Replay the applications in a file, one JSON object with an id per line (NDJSON)',
    )
    .option('--sender <name>', 'The sender of the events in --file, if senders have names')
    .addOption(
      new Option('--rate <n/s>', 'Replay at most so many in a second, for example 100/s').argParser(
        parseRate,
      ),
    )
    .option('--wait', 'Wait for each outcome, print it, and end with counts; exit 1 if any is FAILED')
    .option('--dry-run', 'Print exactly what would be replayed, and replay nothing')
    .addOption(yesOption())
    .addOption(outputOption())
    .action(async (ids: string[], flags: ReplayFlags) => {
      const { runReplay } = await import('../replay/run');
      await runReplay(io, ids, flags);
    });
}
