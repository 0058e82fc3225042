import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectRows, formatTable, readRows } from './support/table';

const ROOT = join(__dirname, '../..');
const JEST = ['node_modules/jest/bin/jest.js', '--config', 'jest.slow.config.js', '--maxWorkers=1'];
/** Ends a run that hangs. */
const RUN_TIMEOUT_MS = 30 * 60_000;

/** Runs a program, and returns whether it succeeded. */
async function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(command, args, { cwd: ROOT, env, stdio: 'inherit', timeout: RUN_TIMEOUT_MS });
  await once(child, 'exit');
  return child.exitCode === 0;
}

/** Measures all platforms and prints their table. Exit code 1 if a test failed, a platform is missing, or a figure is not 0. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-platforms-'));
  const file = join(folder, 'rows');
  await writeFile(file, '');
  const env = { PLATFORM_SECONDS: '10', PGBOUNCER_SECONDS: '60', ...collectRows(file) };
  const runs = [
    await run(process.execPath, [...JEST, 'test/platforms'], env),
    await run('.ci/node-versions', [], env),
  ];
  const { table, faults } = formatTable(readRows(file));
  await rm(folder, { recursive: true });
  console.log(`\n${table}`);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0 || runs.includes(false)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
