import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createConversation } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { CANDIDATE } from '../support/factories';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { CONSUMER } from './support/consumer';

const ROOT = join(__dirname, '../..');

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const run = promisify(execFile);

/** Creates a package outside the repository that has conv installed. Returns its folder. */
async function createPackage(type: string, compilerOptions: object): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'conv-consumer-'));
  atEnd(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/conv'));
  await symlink(join(ROOT, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  const strict = { strict: true, target: 'ES2022', lib: ['ES2023'], types: ['node'] };
  const tsconfig = { compilerOptions: { ...strict, ...compilerOptions }, files: ['main.ts'] };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await writeFile(join(folder, 'main.ts'), CONSUMER);
  return folder;
}

/** Returns what the compiler prints: nothing if it finds no error. */
async function compile(folder: string): Promise<string> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    return (await run(process.execPath, [tsc, '-p', folder], { cwd: folder })).stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

it.each([
  ['node16, ES modules', 'module', { module: 'node16' }],
  ['node16, CommonJS', 'commonjs', { module: 'node16' }],
  ['bundler', 'module', { module: 'ES2022', moduleResolution: 'bundler' }],
  ['node10', 'commonjs', { module: 'CommonJS', moduleResolution: 'node10' }],
])('a strict program compiles against conv/client and runs: %s', async (_, type, compilerOptions) => {
  await createConversation(stores);
  const folder = await createPackage(type, compilerOptions);
  expect(await compile(folder)).toBe('');
  const env = { PATH: process.env['PATH'], CONV_URL: web.url, CONV_TOKEN: web.token };
  const { stdout } = await run(process.execPath, [join(folder, 'main.js')], { env });
  expect(stdout).toBe(`conversation.created CREATED ${CANDIDATE.phone_number}\ntrue\n`);
});
