import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import type { DevFile } from '../../local/dev-file';
import type { Io } from '../io';
import { printLine } from '../io';
import { parseInteger } from '../options';

/** Returns an application event with new ids, so that every pasted line is accepted. */
function sampleEvent(): string {
  const number = randomInt(1e9);
  return JSON.stringify({
    id: `application-${number}`,
    job_id: 'job-1',
    candidate_id: `candidate-${number}`,
    candidate: {
      phone_number: '+14155552671',
      first_name: 'Jane',
      last_name: 'Doe',
      email_address: 'jane.doe@example.com',
    },
  });
}

/** Returns `./bin/conv` with this terminal's CONV_HOME, which another terminal does not have. */
function convCommand({ env }: Io): string {
  const home = env['CONV_HOME'];
  return home ? `CONV_HOME='${home.replaceAll("'", `'\\''`)}' ./bin/conv` : './bin/conv';
}

function printWelcome(io: Io, dev: DevFile): void {
  const conv = convCommand(io);
  const lines = [
    '',
    `conv is running at ${dev.url}`,
    '',
    `  API token        ${dev.token}`,
    `  Webhook secret   ${dev.webhook_secret}`,
    `  API reference    ${dev.url}/docs`,
    `  Operator’s pages ${dev.url}/admin (log in with the API token)`,
    '',
    'Open another terminal in this folder and send an application:',
    '',
    `curl -sS ${dev.url}/webhooks/applications -H 'Authorization: Bearer ${dev.token}' -H 'Content-Type: application/json' -d '${sampleEvent()}'`,
    '',
    'Or send it signed, as an applicant-tracking system does, and wait for the outcome:',
    '',
    `echo '${sampleEvent()}' | ${conv} send - --wait`,
    '',
    'List the conversations:',
    '',
    `${conv} list`,
    '',
    'Press Ctrl-C to stop everything.',
  ];
  for (const line of lines) printLine(io, line);
}

async function dev(io: Io, port: number | undefined): Promise<void> {
  const { startLocalStack } = await import('../local-stack');
  const { stopRequested } = await import('../../lib/shutdown');
  const { parentExit } = await import('../../local/processes');
  const stop = Promise.race([stopRequested(), parentExit()]);
  const report = (part: string, event: string) => printLine(io, `  ${part.padEnd(17)}${event}`);
  printLine(io, 'Starting conv with its own PostgreSQL and Redis. This takes some seconds.');
  const stack = await startLocalStack(io, { port, report });
  printWelcome(io, stack.dev);
  await stop;
  printLine(io, 'Stopping.');
  await stack.stop();
}

/** Returns `conv dev`. */
export function devCommand(io: Io): Command {
  return new Command('dev')
    .option(
      '--port <n>',
      'Port of the web process; 0 takes a free one (default: PORT, or 3000)',
      parseInteger(0, 65_535),
    )
    .action((flags: { port?: number }) => dev(io, flags.port));
}
