import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import type { DevFile } from '../../local/dev-file';
import type { Io } from '../io';
import { printLine } from '../io';
import { wholeNumber } from '../options';

/** An application that is new each time, so that what is pasted is accepted each time. */
function sample(): string {
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

/** Another terminal does not know this one's CONV_HOME. */
function inHome({ env }: Io): string {
  const home = env['CONV_HOME'];
  return home ? `CONV_HOME='${home.replaceAll("'", `'\\''`)}' ` : '';
}

function welcome(io: Io, dev: DevFile): void {
  const lines = [
    '',
    `  address   ${dev.url}`,
    `  token     ${dev.token}`,
    `  secret    ${dev.webhook_secret}`,
    `  queue     ${dev.url}/admin/queues (any user name, the token as password)`,
    '',
    'Paste one of these into another terminal, in this folder:',
    '',
    `curl -sS ${dev.url}/webhooks/applications -H 'Authorization: Bearer ${dev.token}' -H 'Content-Type: application/json' -d '${sample()}'`,
    '',
    `echo '${sample()}' | ${inHome(io)}./bin/conv send - --wait`,
    '',
    `Then ${inHome(io)}./bin/conv list. Ctrl-C stops everything.`,
  ];
  for (const line of lines) printLine(io, line);
}

async function dev(io: Io, port: number | undefined): Promise<void> {
  const { startLocalStack } = await import('../local-stack');
  const { stopRequested } = await import('../../lib/shutdown');
  const { parentGone } = await import('../../local/parent');
  const stop = Promise.race([stopRequested(), parentGone()]);
  const report = (part: string, detail: string, ms: number) =>
    printLine(io, `${part.padEnd(18)}${detail.padEnd(44)}${(ms / 1000).toFixed(1)} s`);
  const stack = await startLocalStack(io, { port, report });
  welcome(io, stack.dev);
  await stop;
  printLine(io, 'stopping');
  await stack.stop();
}

/** `conv dev` */
export function devCommand(io: Io): Command {
  return new Command('dev')
    .description('everything on this machine: PostgreSQL, Redis, schema, web and worker')
    .option('--port <n>', 'of the web process (PORT, 3000); 0 takes a free one', wholeNumber(0, 65_535))
    .action((flags: { port?: number }) => dev(io, flags.port));
}
