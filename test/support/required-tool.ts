import { execFileSync } from 'node:child_process';

/**
 * `describe` for tests that need a program of the system. Without the program they are skipped, and standard error says what is missing;
 * `.ci/run` installs it, so there nothing is skipped.
 * @param tool the program, and the Debian package that has it
 */
export function describeWith(tool: { command: string; package: string }): jest.Describe {
  if (findTool(tool.command) !== null) return describe;
  process.stderr.write(`\n!! SKIPPED, ${tool.command} is missing: apt-get install ${tool.package}\n`);
  return describe.skip;
}

/** Returns the path of a program, or null if there is none. */
export function findTool(command: string): string | null {
  try {
    const env = { PATH: toolPath() };
    return execFileSync('/bin/sh', ['-c', `command -v ${command}`], { env, encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** Servers are in folders that are not in the path of every user. */
export function toolPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
}
