import type { Finding } from '../../src/cli/doctor/finding';
import { createSecret } from '../../src/lib/signature';
import { runInProcess, type CliResult } from './cli';

/** Runs `conv doctor -o json`. Returns the exit code and the findings. */
export async function runDoctor(
  env: NodeJS.ProcessEnv,
): Promise<{ code: CliResult['code']; findings: Finding[] }> {
  const result = await runInProcess(['doctor', '-o', 'json'], { WEBHOOK_SECRETS: createSecret(), ...env });
  return { code: result.code, findings: JSON.parse(result.stdout) as Finding[] };
}

/** Runs `conv doctor` and returns what one of its checks found. */
export async function findFinding(env: NodeJS.ProcessEnv, name: string): Promise<Finding | undefined> {
  return (await runDoctor(env)).findings.find((finding) => finding.name === name);
}
