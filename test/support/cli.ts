import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Io } from '../../src/cli/io';
import { runCli } from '../../src/cli/program';
import type { TestDatabase } from './database';
import type { TestQueue } from './queue';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder without a local stack, so that no test finds one by accident. */
export const NO_STACK = '/nonexistent/conv';
/** A folder without contexts, so that no test uses those of the user. */
export const NO_CONFIG = '/nonexistent/config';

/** Runs one `conv` command line in this process. */
export async function runInProcess(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  { input = '', ...overrides }: Partial<Io> & { input?: string } = {},
): Promise<CliResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = Promise.all([text(stdout), text(stderr)]);
  const code = await runCli(args, {
    stdin: Readable.from([input]),
    stdout,
    stderr,
    env: { CONV_HOME: NO_STACK, XDG_CONFIG_HOME: NO_CONFIG, ...env },
    cwd: '/',
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    canPrompt: false,
    useColor: false,
    ...overrides,
  });
  stdout.end();
  stderr.end();
  const [out, err] = await output;
  return { code, stdout: out, stderr: err };
}

/** Returns the environment in which `conv` uses the stores of this test file. */
export function storesEnv({ url }: TestDatabase, { redisUrl, prefix }: TestQueue): NodeJS.ProcessEnv {
  return { DATABASE_URL: url, REDIS_URL: redisUrl, QUEUE_PREFIX: prefix };
}

/** Returns a function that runs `conv` in this process, with the stores of this test file. */
export function createCli(stores: TestDatabase, queue: TestQueue) {
  return (args: readonly string[], io: Parameters<typeof runInProcess>[2] = {}): Promise<CliResult> =>
    runInProcess(args, storesEnv(stores, queue), io);
}

/** Returns the cells of tab-separated output, line by line. */
export function parseCells(stdout: string): string[][] {
  return splitLines(stdout).map((line) => line.split('\t'));
}

/** Returns the lines of an output, without the end of the last one. */
export function splitLines(stdout: string): string[] {
  return stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
}

/** Returns the standard output of a command, after checking that it succeeded and printed nothing else. */
export function successOutput({ code, stdout, stderr }: CliResult): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Returns the JSON that a successful command printed. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller says what the JSON should be
export function parseJson<T>(result: CliResult): T {
  return JSON.parse(successOutput(result)) as T;
}
