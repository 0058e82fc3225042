import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { parseSecrets } from '../../lib/signature';
import { EXIT, ExitError, usageError } from '../exit-codes';
import type { SendResult } from '../http-client';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, parseInteger } from '../options';
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
  if (file === '-') return text(io.stdin);
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
    return false; // The caller reports it, or reads the text line by line.
  }
}

/** Splits one JSON document or NDJSON into request bodies. They are sent as they are, because conv validates them. */
function parseEvents(input: string): string[] {
  if (input.trim() === '') throw usageError('the input is empty: pass an event as JSON, or one per line');
  if (isJson(input)) return [input.trim()];
  const lines = input.split(/\r?\n/).filter((line) => line.trim() !== '');
  const invalid = lines.findIndex((line) => !isJson(line));
  if (invalid >= 0) {
    const what = lines.length > 1 ? `line ${invalid + 1}` : 'the input';
    throw usageError(`${what} is not JSON: nothing was sent`);
  }
  return lines;
}

function assertSecret(secret: string): void {
  try {
    parseSecrets(secret);
  } catch (error) {
    throw usageError(`invalid --secret: ${(error as Error).message}`);
  }
}

/** Returns where to send and with which credentials: from flags, else settings, else the running local stack. */
async function findTarget(io: Io, flags: Flags): Promise<Target> {
  const { homeFolder, readDevFile } = await import('../../local/dev-file');
  const dev = await readDevFile(homeFolder(io.env, io.cwd));
  const url = flags.url ?? dev?.url;
  const secret = flags.secret ?? io.env['WEBHOOK_SECRETS']?.split(/[\s,]+/)[0] ?? dev?.webhook_secret;
  const token = flags.token ?? dev?.token;
  if (!url) throw usageError('no address: start the local stack with `npm start`, or pass --url');
  if (!secret) throw usageError('no webhook secret: pass --secret whsec_…, or set WEBHOOK_SECRETS');
  if (flags.wait && !token)
    throw usageError('--wait reads outcomes: pass --token conv_… with the scope conversations:read');
  if (!URL.canParse(url))
    throw usageError(
      `invalid --url ${JSON.stringify(url)}: expected an address such as http://127.0.0.1:3000`,
    );
  assertSecret(secret);
  return { url, secret, token };
}

function toRow({ status, application, redelivered, problem }: SendResult): object {
  if (!application) return { id: null, http: status, status: null, reason: problem, conversation_id: null };
  return { ...application, http: status, redelivered };
}

async function sendOne({ url, secret, token }: Target, event: string, flags: Flags): Promise<SendResult> {
  const { sendEvent, waitForOutcome } = await import('../http-client');
  const result = await sendEvent(url, secret, event);
  if (!flags.wait || !result.application || !token) return result;
  const application = await waitForOutcome(url, token, result.application.id, flags.timeout * 1000);
  return { ...result, application };
}

async function send(io: Io, file: string, flags: Flags): Promise<void> {
  const target = await findTarget(io, flags);
  const events = parseEvents(await readInput(io, file));
  const results: SendResult[] = [];
  const countRefused = () => events.length - results.filter(({ status }) => status === 202).length;
  try {
    for (const event of events) results.push(await sendOne(target, event, flags));
  } finally {
    if (results.length > 0)
      await printRows(io, results.map(toRow), { format: flags.output, columns: COLUMNS, emptyNotice: '' });
    if (countRefused() > 0 && events.length > 1)
      printNotice(io, `${countRefused()} of ${events.length} events were not accepted`);
  }
  if (countRefused() > 0) throw new ExitError(EXIT.failed);
}

/** Returns `conv send`. */
export function sendCommand(io: Io): Command {
  return new Command('send')
    .description('Sign and post application events, as a sender does')
    .argument('<file>', 'File with one event as JSON or one per line (NDJSON); - reads standard input')
    .option('--url <url>', 'Address of conv (default: the local stack)')
    .option('--secret <secret>', 'Webhook secret, whsec_… (default: WEBHOOK_SECRETS, else the local stack)')
    .option('--token <token>', 'Token for --wait, conv_… (default: the local stack)')
    .option('--wait', 'Wait until each application is processed, and print its outcome')
    .option('--timeout <seconds>', 'How long --wait waits for each application', parseInteger(1, 3600), 30)
    .addOption(outputOption())
    .action((file: string, flags: Flags) => send(io, file, flags));
}
