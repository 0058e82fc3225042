import { once } from 'node:events';
import { usageError } from './exit-codes';
import type { Io } from './io';
import { noticeText, printNotice } from './io';

/**
 * Asks before a command changes more than one record. `--yes` answers for scripts.
 * @param action what is about to happen, with the number of records: `replay 12 applications`
 * @returns false if the operator declines
 * @throws ConvError INVALID (exit 2) if there is nobody to answer
 */
export async function confirm(io: Io, action: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!io.canPrompt)
    throw usageError(`refusing to ${action} without confirmation: add --yes, or run it in a terminal`);
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: io.stdin, output: io.stderr });
  // Ctrl-D closes the prompt without an answer.
  const closed = once(prompt, 'close').then(() => '');
  const answer = await Promise.race([
    prompt.question(noticeText(io, `About to ${action}. Continue? [y/N] `)),
    closed,
  ]);
  prompt.close();
  if (/^y(es)?$/i.test(answer.trim())) return true;
  printNotice(io, 'canceled: nothing was changed');
  return false;
}
