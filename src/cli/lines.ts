import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

/** A line of input. Blank lines count too. */
export type TextLine = { number: number; text: string } | { number: number; problem: string };

/** Collects the parts of one line after the other, and keeps no more of a line than the limit. */
function createLineBuffer(maxBytes: number) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Buffer[] = [];
  let length = 0;
  let number = 0;

  function decode(bytes: Buffer): { text: string } | { problem: string } {
    try {
      return { text: decoder.decode(bytes) };
    } catch {
      return { problem: 'the line is not UTF-8' };
    }
  }

  return {
    isEmpty: () => length === 0,
    add(part: Buffer): void {
      length += part.length;
      if (length > maxBytes) parts = [];
      else parts.push(part);
    },
    /** Ends the line and returns it. */
    take(): TextLine {
      number += 1;
      const content =
        length > maxBytes
          ? { problem: `the line is longer than ${maxBytes} bytes` }
          : decode(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
      parts = [];
      length = 0;
      return { number, ...content };
    },
  };
}

/**
 * Reads a stream of bytes or text line by line, numbered from 1, in constant memory.
 * @param maxBytes longer lines are returned without their text
 */
export async function* readLines(input: Readable, maxBytes: number): AsyncGenerator<TextLine> {
  const buffer = createLineBuffer(maxBytes);
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    let rest = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      buffer.add(rest.subarray(0, end));
      yield buffer.take();
      rest = rest.subarray(end + 1);
    }
    buffer.add(rest);
  }
  if (!buffer.isEmpty()) yield buffer.take();
}
