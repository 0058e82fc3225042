import { usage } from './exit';
import type { Io } from './io';
import { printNotice } from './io';

/**
 * Asks before more than one record is changed. `--yes` answers for scripts; without it and without a terminal nothing is done.
 * @param what the whole question, with the number: `replay 12 applications`
 * @returns false where the person says no
 * @throws ConvError INVALID (exit 2) where nobody can be asked
 */
export async function confirm(io: Io, what: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!io.canAsk) throw usage(`this would ${what}: say --yes, there is no terminal to ask on`);
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: io.in, output: io.err });
  const answer = await prompt.question(`${what}? [y/N] `);
  prompt.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  printNotice(io, 'nothing was done');
  return false;
}
