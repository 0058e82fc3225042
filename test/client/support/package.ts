import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { atEnd } from '../../support/cleanup';

const ROOT = join(__dirname, '../../..');

const run = promisify(execFile);

export interface PackageOptions {
  type: 'module' | 'commonjs';
  compilerOptions: object;
  /** Its program. */
  main: string;
}

/** Creates a package outside the repository that has conv installed. Returns its folder. */
export async function createPackage({ type, compilerOptions, main }: PackageOptions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'conv-consumer-'));
  atEnd(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'node_modules'));
  await symlink(ROOT, join(folder, 'node_modules/conv'));
  await symlink(join(ROOT, 'node_modules/@types'), join(folder, 'node_modules/@types'));
  const strict = { strict: true, target: 'ES2022', lib: ['ES2023'], types: ['node'] };
  const tsconfig = { compilerOptions: { ...strict, ...compilerOptions }, files: ['main.ts'] };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', type }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await writeFile(join(folder, 'main.ts'), main);
  return folder;
}

/** Returns what the compiler prints: nothing if it finds no error. */
export async function compile(folder: string): Promise<string> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    return (await run(process.execPath, [tsc, '-p', folder], { cwd: folder })).stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

/** Runs the compiled program and returns what it prints. */
export async function runPackage(folder: string, env: Record<string, string>): Promise<string> {
  const options = { env: { PATH: process.env['PATH'], ...env } };
  return (await run(process.execPath, [join(folder, 'main.js')], options)).stdout;
}
