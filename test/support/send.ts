import type { SendRow } from '../../src/cli/send/rows';
import { runInProcess, type CliResult } from './cli';
import type { TestWeb } from './web';

/** Returns one JSON text a line. */
export const ndjson = (events: readonly object[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');

/** Returns the rows that `-o json` printed, in the order of the lines. */
export function parseRows({ stdout }: CliResult): SendRow[] {
  return (JSON.parse(stdout) as SendRow[]).sort((a, b) => a.line - b.line);
}

/** Runs `conv send -` in this process, with the credentials of a web application. */
export function sendInput(
  web: TestWeb,
  args: readonly string[],
  input: string,
  io: Parameters<typeof runInProcess>[2] = {},
): Promise<CliResult> {
  const credentials = ['--url', web.url, '--secret', web.secret, '--token', web.token];
  return runInProcess(['send', '-', ...credentials, ...args], {}, { input, ...io });
}
