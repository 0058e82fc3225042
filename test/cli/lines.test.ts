import { Readable } from 'node:stream';
import { readLines, type TextLine } from '../../src/cli/lines';

async function read(chunks: (Buffer | string)[], maxBytes = 100): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of readLines(Readable.from(chunks), maxBytes)) lines.push(line);
  return lines;
}

const bytes = (text: string) => [...Buffer.from(text)].map((byte) => Buffer.from([byte]));

it('joins lines and characters that are split between chunks', async () => {
  expect(await read(bytes('Zoë\n\n€\n'))).toEqual([
    { number: 1, text: 'Zoë' },
    { number: 2, text: '' },
    { number: 3, text: '€' },
  ]);
});

it('returns a last line without a line end', async () => {
  expect(await read(['a\nb'])).toEqual([
    { number: 1, text: 'a' },
    { number: 2, text: 'b' },
  ]);
});

it('leaves out a byte order mark', async () => {
  expect(await read(['\uFEFF{}\n'])).toEqual([{ number: 1, text: '{}' }]);
});

it('replaces a line that is too long by a problem, and reads the next one', async () => {
  expect(await read(bytes(`${'x'.repeat(11)}\n${'y'.repeat(10)}\n`), 10)).toEqual([
    { number: 1, problem: 'the line is longer than 10 bytes' },
    { number: 2, text: 'y'.repeat(10) },
  ]);
});

it('returns nothing for an empty input', async () => {
  expect(await read([])).toEqual([]);
});
