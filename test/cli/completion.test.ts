import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInProcess, splitLines, successOutput } from '../support/cli';

const script = async (shell: string) => successOutput(await runInProcess(['completion', shell], {}));

/** Stands for `conv`, and prints ids that a sender could have chosen. */
const FAKE_CONV = `#!/bin/sh
echo "$*" >> "$0.calls"
echo 01a22206
echo '$(touch injected)'
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conv-completion-'));
  await writeFile(join(folder, 'conv'), FAKE_CONV);
  await chmod(join(folder, 'conv'), 0o755);
  await writeFile(join(folder, 'conv.bash'), await script('bash'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Returns what bash offers at the end of this command line. */
async function complete(line: string): Promise<string[]> {
  const commands = `source ./conv.bash; COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; _conv; printf '%s\\n' "\${COMPREPLY[@]}"`;
  // Without HOME bash looks it up, which takes seconds on some machines.
  const env = { HOME: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const { stdout } = await promisify(execFile)('bash', ['-c', commands, 'bash', line], { cwd: folder, env });
  return splitLines(stdout).filter((choice) => choice !== '');
}

describe('bash completes', () => {
  it.each([
    ['conv se', ['send', 'seed']],
    ['conv queue ', ['stats', 'failed', 'retry', 'pause', 'resume', '-h', '--help']],
    ['conv list --st', ['--status']],
    ['conv list --status ', ['CREATED', 'ONGOING', 'COMPLETED']],
    ['conv list --status CREATED,ON', ['CREATED,ONGOING']],
    ['conv list --all -o c', ['csv']],
    ['conv apps list --reason D', ['DUPLICATE_APPLICATION']],
    ['conv events deliveries --status P', ['PENDING', 'PARKED']],
    ['conv list --candidate ', []],
    ['conv completion ', ['bash', 'zsh', 'fish', '-h', '--help']],
    ['conv show 01', ['01a22206']],
    ['conv show --o', ['--output']],
    ['conv move 01a22206 O', ['ONGOING']],
  ])('%j to %j', async (line, choices) => {
    expect(await complete(line)).toEqual(choices);
  });

  it('a scope after its colon, where bash splits words', async () => {
    expect(await complete('conv token create --scope conversations:')).toEqual(['read', 'write']);
  });

  it('ids without running a command in one, and quoted', async () => {
    expect(await complete('conv apps show $')).toEqual(['\\$\\(touch\\ injected\\)']);
    await expect(promisify(execFile)('ls', [join(folder, 'injected')])).rejects.toThrow('No such file');
  });
});

it.each(['bash', 'zsh', 'fish'])('the script for %s names every command', async (shell) => {
  const text = await script(shell);
  for (const name of ['list', 'apps list', 'queue stats', 'events deliveries', 'token create'])
    expect(text).toContain(name);
});

it('exits 2 for an unknown shell and names the known ones', async () => {
  const { code, stderr } = await runInProcess(['completion', 'tcsh'], {});
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
