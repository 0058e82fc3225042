import { once } from 'node:events';
import { EXIT, ExitError, usageError } from './exit-codes';
import type { Io } from './io';
import { noticeText, printNotice } from './io';

/**
 * Asks before a command changes more than one record. `--yes` answers for scripts.
 * @param action what is about to happen, with the number of records: `replay 12 applications`
 * @returns false if the operator declines
 * @throws ConvError INVALID (exit 2) if there is nobody to answer; ExitError 130 after Ctrl-C
 */
export async function confirm(io: Io, action: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!io.canPrompt)
    throw usageError(`refusing to ${action} without confirmation: add --yes, or run it in a terminal`);
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: io.stdin, output: io.stderr });
  // Ctrl-D closes the prompt without an answer; Ctrl-C also ends the command.
  const closed = once(prompt, 'close').then(() => '');
  const interrupted = once(prompt, 'SIGINT').then(() => null);
  const question = prompt.question(noticeText(io, `About to ${action}. Continue? [y/N] `));
  const answer = await Promise.race([question, closed, interrupted]);
  prompt.close();
  if (answer !== null && /^y(es)?$/i.test(answer.trim())) return true;
  if (answer === null) io.stderr.write('\n'); // The line of the question ends with ^C.
  printNotice(io, 'canceled: nothing was changed');
  if (answer === null) throw new ExitError(EXIT.interrupted);
  return false;
}
