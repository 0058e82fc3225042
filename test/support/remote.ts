import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SCOPES } from '../../src/lib/domain';
import { createCli, runInProcess, type CliResult } from './cli';
import type { TestDatabase } from './database';
import type { TestQueue } from './queue';
import type { TestWeb } from './web';
import { tokenFor, useWeb } from './web';

export type RunCli = (args: readonly string[], io?: Parameters<typeof runInProcess>[2]) => Promise<CliResult>;

/** Returns a folder for settings of its own, without contexts. */
export const emptyConfig = () => ({ XDG_CONFIG_HOME: mkdtempSync(join(tmpdir(), 'conv-config-')) });

/** Returns a function that runs `conv` in this process over HTTP, with a token and without the addresses of stores. */
export function remoteCli(web: TestWeb, createToken: () => Promise<string>): RunCli {
  return async (args, io = {}) =>
    runInProcess(args, { CONV_URL: web.url, CONV_TOKEN: await createToken() }, io);
}

/**
 * Defines the tests of commands that work on the stores and over HTTP: in `npm test` for the stores, in `npm run test:slow` the same
 * ones for HTTP (jest.slow.config.js).
 * @param define gets the function that runs `conv`
 */
export function onStoresOrHttp(stores: TestDatabase, queue: TestQueue, define: (conv: RunCli) => void): void {
  if (process.env['COMMANDS_OVER_HTTP'] === undefined) {
    describe('on the stores', () => define(createCli(stores, queue)));
    return;
  }
  const web = useWeb(stores, queue);
  // A new token each time, because tests clear the tables.
  const overHttp = remoteCli(web, () => tokenFor(stores, ...SCOPES));
  describe('over HTTP', () => define(overHttp));
}
