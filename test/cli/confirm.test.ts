import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { confirm } from '../../src/cli/confirm';
import type { Io } from '../../src/cli/io';

/** Asks on an io with this input and returns the answer with everything that was printed. */
async function ask(input: string, { yes = false, canPrompt = true } = {}) {
  const stderr = new PassThrough();
  const printed = text(stderr);
  const io = { stdin: Readable.from([input]), stderr, canPrompt } as unknown as Io;
  const confirmed = await confirm(io, 'replay 2 applications', yes);
  stderr.end();
  return { confirmed, printed: await printed };
}

it.each(['y\n', 'Yes\n'])('continues if the answer is %j', async (input) => {
  expect(await ask(input)).toEqual({
    confirmed: true,
    printed: 'About to replay 2 applications. Continue? [y/N] ',
  });
});

it.each(['n\n', '\n', 'yesterday\n', ''])('cancels if the answer is %j', async (input) => {
  const { confirmed, printed } = await ask(input);
  expect(confirmed).toBe(false);
  expect(printed).toContain('canceled: nothing was changed');
});

it('does not ask with --yes', async () => {
  expect(await ask('', { yes: true, canPrompt: false })).toEqual({ confirmed: true, printed: '' });
});

it('refuses if nobody can answer', async () => {
  await expect(ask('', { canPrompt: false })).rejects.toMatchObject({
    code: 'INVALID',
    detail: 'refusing to replay 2 applications without confirmation: add --yes, or run it in a terminal',
  });
});

it('escapes characters that change the direction of text in the question', async () => {
  const stderr = new PassThrough();
  const printed = text(stderr);
  const io = {
    stdin: Readable.from(['n\n']),
    stderr,
    canPrompt: true,
    stderrIsTerminal: true,
  } as unknown as Io;
  await confirm(io, 'erase "a\u202eb"', false);
  stderr.end();
  expect(await printed).toContain('About to erase "a\\u202eb". Continue?');
});
