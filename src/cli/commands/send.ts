import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { parseSecrets } from '../../lib/signature';
import type { Answer } from '../client';
import { EXIT, Exit, usage } from '../exit';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, wholeNumber } from '../options';
import { printRows, type Format } from '../output';

interface Flags {
  url?: string;
  secret?: string;
  token?: string;
  wait?: boolean;
  timeout: number;
  output: Format;
}

interface Target {
  url: string;
  secret: string;
  token: string | undefined;
}

const COLUMNS = ['id', 'http', 'status', 'reason', 'conversation_id'];

async function readInput(io: Io, file: string): Promise<string> {
  if (file === '-') return text(io.in);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false; // Then it is one event a line, or nothing of ours.
  }
}

/** One JSON document, or one a line (NDJSON). What a line holds is sent as it stands: conv is who judges it. */
function eventsIn(input: string): string[] {
  if (input.trim() === '') throw usage('there is no event in the input');
  if (isJson(input)) return [input.trim()];
  const lines = input.split(/\r?\n/).filter((line) => line.trim() !== '');
  const bad = lines.findIndex((line) => !isJson(line));
  if (bad >= 0 && lines.length > 1) throw usage(`line ${bad + 1} is not JSON; nothing was sent`);
  if (bad >= 0) throw usage('the input is not JSON; nothing was sent');
  return lines;
}

function assertSecret(secret: string): void {
  try {
    parseSecrets(secret);
  } catch (error) {
    throw usage(`--secret: ${(error as Error).message}`);
  }
}

/** Flags first, then settings, then the running local stack. */
async function targetOf(io: Io, flags: Flags): Promise<Target> {
  const { homeFolder, readDevFile } = await import('../../local/dev-file');
  const dev = await readDevFile(homeFolder(io.env, io.cwd));
  const url = flags.url ?? dev?.url;
  const secret = flags.secret ?? io.env['WEBHOOK_SECRETS']?.split(/[\s,]+/)[0] ?? dev?.webhook_secret;
  const token = flags.token ?? dev?.token;
  if (!url) throw usage('where to? start the local stack with `npm start`, or name --url');
  if (!secret) throw usage('signed with what? name --secret whsec_…');
  if (flags.wait && !token)
    throw usage('--wait reads the outcome: name --token conv_… with scope conversations:read');
  if (!URL.canParse(url)) throw usage(`--url must be an address such as http://127.0.0.1:3000, not ${url}`);
  assertSecret(secret);
  return { url, secret, token };
}

function rowOf({ status, application, redelivered, problem }: Answer): object {
  if (!application) return { id: null, http: status, status: null, reason: problem, conversation_id: null };
  return { ...application, http: status, redelivered };
}

async function sendOne(
  target: Target,
  event: string,
  flags: Flags,
): Promise<{ row: object; accepted: boolean }> {
  const { awaitOutcome, deliver } = await import('../client');
  const answer = await deliver(target.url, target.secret, event);
  const { application } = answer;
  if (!flags.wait || !application || !target.token)
    return { row: rowOf(answer), accepted: answer.status === 202 };
  const decided = await awaitOutcome(target.url, target.token, application.id, flags.timeout * 1000);
  return { row: rowOf({ ...answer, application: decided }), accepted: true };
}

async function send(io: Io, file: string, flags: Flags): Promise<void> {
  const target = await targetOf(io, flags);
  const events = eventsIn(await readInput(io, file));
  const rows: object[] = [];
  let accepted = 0;
  try {
    for (const event of events) {
      const sent = await sendOne(target, event, flags);
      rows.push(sent.row);
      if (sent.accepted) accepted += 1;
    }
  } finally {
    if (rows.length > 0) await printRows(io, rows, { format: flags.output, columns: COLUMNS, empty: '' });
    const left = events.length - accepted;
    if (left > 0 && events.length > 1) printNotice(io, `${left} of ${events.length} not accepted`);
  }
  if (accepted < events.length) throw new Exit(EXIT.failed);
}

/** `conv send` */
export function sendCommand(io: Io): Command {
  return new Command('send')
    .description('sign and post one event, or many as NDJSON, as a sender would')
    .argument('<file>', 'a file, or - for standard input')
    .option('--url <url>', "conv's address (the running local stack's)")
    .option('--secret <secret>', 'whsec_… (WEBHOOK_SECRETS, or the local stack’s)')
    .option('--token <token>', 'for --wait (the local stack’s)')
    .option('--wait', 'until each is decided, and show its outcome')
    .option('--timeout <seconds>', 'how long --wait waits for each', wholeNumber(1, 3600), 30)
    .addOption(outputOption())
    .action((file: string, flags: Flags) => send(io, file, flags));
}
