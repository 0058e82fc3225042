import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecret } from '../../../src/lib/signature';
import { GUIDES } from '../../../src/web/docs/guides';
import { SCOPES } from '../../../src/lib/domain';
import { createToken } from '../../../src/tokens/token';
import type { CliResult } from '../../support/cli';
import { splitLines } from '../../support/cli';
import { atEnd } from '../../support/cleanup';
import type { TestDatabase } from '../../support/database';
import { startProcess } from '../../support/processes';
import type { TestQueue } from '../../support/queue';
import { createShell } from '../../support/shell';
import { findBlocks, findFiles, findSamples, type Sample } from './samples';

/** A command of a guide that runs until it is stopped. */
export interface RunningSample {
  lines(): string[];
  kill(): Promise<void>;
}

/** A reader of the guides: has the samples of each page in a folder, and a terminal with the three variables. */
export interface Reader {
  url: string;
  token: string;
  secret: string;
  samples: Map<string, Sample[]>;
  /** The names of all programs that the pages tell to save. */
  files: string[];
  /** Runs a command to its end. */
  run(command: string, env?: NodeJS.ProcessEnv): Promise<CliResult>;
  /** Starts a command that does not end by itself. */
  start(command: string, env?: NodeJS.ProcessEnv): RunningSample;
}

async function readPage(url: string, name: string): Promise<string> {
  const response = await fetch(`${url}/docs/guides/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return response.text();
}

function startSample(command: string, env: NodeJS.ProcessEnv, folder: string): RunningSample {
  const [program = '', ...args] = command.trim().split(' ');
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  atEnd(kill);
  return { lines: () => splitLines(output), kill };
}

/** Runs web and worker for a whole test file, and copies the samples of every served guide. */
export function useReader(stores: TestDatabase, queue: TestQueue): Reader {
  const reader = { secret: createSecret(), samples: new Map(), files: [] as string[] } as Reader;
  const shell = createShell(stores, queue);
  let folder = '';
  const variables = () => ({
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    CONV_URL: reader.url,
    CONV_TOKEN: reader.token,
    WEBHOOK_SECRET: reader.secret,
  });

  beforeAll(async () => {
    const web = await startProcess('web', stores, queue, { WEBHOOK_SECRETS: reader.secret });
    atEnd(() => web.stop());
    const worker = await startProcess('worker', stores, queue);
    atEnd(() => worker.stop());
    reader.url = web.url ?? '';
    const request = { name: 'reader', scopes: SCOPES, sender: undefined, expiresAt: null };
    reader.token = (await createToken(stores.database, request)).token;
    folder = await mkdtemp(join(tmpdir(), 'conv-guides-'));
    atEnd(() => rm(folder, { recursive: true }));
    await symlink(join(__dirname, '../../../node_modules'), join(folder, 'node_modules'));
    for (const { name } of GUIDES) {
      const blocks = findBlocks(await readPage(reader.url, name));
      reader.samples.set(name, findSamples(blocks));
      for (const [file, text] of findFiles(blocks)) {
        reader.files.push(file);
        await writeFile(join(folder, file), text);
      }
    }
  });

  return Object.assign(reader, {
    run: (command: string, env: NodeJS.ProcessEnv = {}) =>
      shell(`cd ${folder}\n${command}`, { ...variables(), ...env }),
    start: (command: string, env: NodeJS.ProcessEnv = {}) =>
      startSample(command, { ...variables(), ...env }, folder),
  });
}
