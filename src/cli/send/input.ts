import { createReadStream } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { usageError } from '../exit-codes';
import type { Io } from '../io';
import { readLines, type TextLine } from '../lines';

/** conv accepts events of at most 64 KiB, so a longer line or document is a mistake. */
const MAX_BYTES = 1_048_576;

/** An event as it stands in the input, or the reason why a line has none. */
export type InputEvent =
  | { line: number; body: string; id: string | number | null; candidateId: string | null }
  | { line: number; problem: string };

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null; // Node's message has a part of the text, which can be personal data.
  }
}

/** Returns the event of a line. Its body is sent as it is, because conv validates it. */
function parseEvent(line: number, text: string): InputEvent {
  const parsed = parse(text);
  if (!parsed) return { line, problem: 'the line is not JSON' };
  const { id, candidate_id } = Object(parsed.value) as Record<string, unknown>;
  return {
    line,
    body: text.trim(),
    id: typeof id === 'string' || typeof id === 'number' ? id : null,
    candidateId: typeof candidate_id === 'string' ? candidate_id : null,
  };
}

function toEvent(line: TextLine): InputEvent {
  return 'problem' in line
    ? { line: line.number, problem: line.problem }
    : parseEvent(line.number, line.text);
}

async function* readInput(io: Io, file: string, signal: AbortSignal): AsyncGenerator<TextLine> {
  const stream = file === '-' ? io.stdin : createReadStream(file);
  try {
    yield* readLines(addAbortSignal(signal, stream), MAX_BYTES);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Reads on from a line that is not JSON, until the input ends or is too long for one document. */
async function collectDocument(first: TextLine, rest: AsyncGenerator<TextLine>) {
  const lines = [first];
  let length = 0;
  while (length <= MAX_BYTES) {
    const next = await rest.next();
    if (next.done) return { lines, isComplete: true };
    lines.push(next.value);
    length += 'text' in next.value ? next.value.text.length + 1 : MAX_BYTES + 1;
  }
  return { lines, isComplete: false };
}

/**
 * Reads an input that begins with a line that is not JSON: it is one document on several lines, or one event a line with a mistake.
 * @throws ConvError INVALID if it is neither
 */
async function* readDocument(first: TextLine, rest: AsyncGenerator<TextLine>): AsyncGenerator<InputEvent> {
  const { lines, isComplete } = await collectDocument(first, rest);
  const texts = lines.flatMap((line) => ('text' in line ? [line.text] : []));
  const isDocument = isComplete && texts.length === lines.length;
  const document = isDocument ? parseEvent(first.number, texts.join('\n')) : null;
  if (document && 'body' in document) {
    yield document;
    return;
  }
  const events = lines.filter((line) => !isBlank(line)).map(toEvent);
  if (!events.some((event) => 'body' in event)) throw usageError('the input is not JSON: nothing was sent');
  yield* events;
}

function isBlank(line: TextLine): boolean {
  return 'text' in line && line.text.trim() === '';
}

/**
 * Reads events: one JSON document, or one event a line (NDJSON). Reads no faster than the caller takes them.
 * @param file `-` is standard input
 * @param fromLine the first line to read; lines are numbered from 1
 * @throws ConvError INVALID if there is nothing to send; Error if the file cannot be read
 */
export async function* readEvents(
  io: Io,
  file: string,
  fromLine: number,
  signal: AbortSignal,
): AsyncGenerator<InputEvent> {
  const lines = readInput(io, file, signal);
  let isFirst = true;
  for await (const line of lines) {
    if (line.number < fromLine || isBlank(line)) continue;
    const event = toEvent(line);
    if (isFirst && 'problem' in event) yield* readDocument(line, lines);
    else yield event;
    isFirst = false;
  }
  if (!isFirst) return;
  if (fromLine > 1) throw usageError(`the input has no events from line ${fromLine} on: nothing was sent`);
  throw usageError('the input is empty: pass an event as JSON, or one per line');
}
