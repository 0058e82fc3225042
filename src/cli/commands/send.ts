import { Command, Option } from 'commander';
import type { Io } from '../io';
import { outputOption, parseInteger, parseMilliseconds } from '../options';
import type { Format } from '../output';
import type { SendFlags } from '../send/run';

/** Returns `conv send`. */
export function sendCommand(io: Io): Command {
  return new Command('send')
    .argument('<file>', 'File with one event as JSON or one per line (NDJSON); - reads standard input')
    .option('--url <url>', 'Address of conv (default: the local stack)')
    .option('--secret <secret>', 'Webhook secret, whsec_… (default: WEBHOOK_SECRETS, else the local stack)')
    .option('--token <token>', 'Token for --wait, conv_… (default: the local stack)')
    .option('--wait', 'Wait until each application is processed, and print its outcome')
    .option('--timeout <seconds>', 'How long --wait waits for each application', parseInteger(1, 3600), 30)
    .option('--concurrency <n>', 'How many events to send at once', parseInteger(1, 256), 16)
    .addOption(
      new Option(
        '--retry-for <duration>',
        'How long to repeat an event that conv is too busy for or does not answer',
      )
        .argParser(parseMilliseconds)
        .default(120_000, '2m'),
    )
    .option('--from-line <n>', 'First line to send', parseInteger(1, 1_000_000_000), 1)
    .addOption(outputOption())
    .action(async (file: string, flags: SendFlags & { output: Format }) => {
      const { runSend } = await import('../send/run');
      await runSend(io, file, flags);
    });
}
