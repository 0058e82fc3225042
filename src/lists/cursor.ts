import { hash } from 'node:crypto';
import { invalid } from '../lib/errors';
import { parseInstant } from '../lib/time';

/**
 * Returns the checksum of a cursor. It covers the list's filters too, so that a cursor that was cut, changed or taken from
 * another list is refused instead of being read as some other position.
 */
function checksum(position: readonly string[], filters: object): string {
  return hash('sha256', JSON.stringify([position, filters]), 'base64url').slice(0, 12);
}

function serialize(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/**
 * Returns the opaque text of a cursor.
 * @param position the sort key of the last row of the page
 * @param filters the filters and order of the list
 */
export function encodeCursor(position: readonly string[], filters: object): string {
  return serialize([checksum(position, filters), ...position]);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null; // decodeCursor reports it.
  }
}

/**
 * Returns the sort key in a cursor.
 * @param isPosition whether the key has the form of this list's keys: the checksum is not secret, so cursors can be forged
 * @throws ConvError INVALID for anything that encodeCursor did not return for these filters
 */
export function decodeCursor(
  cursor: string,
  filters: object,
  isPosition: (position: string[]) => boolean,
): string[] {
  const parts = parse(cursor);
  if (Array.isArray(parts) && parts.every((part): part is string => typeof part === 'string')) {
    const [sum, ...position] = parts;
    const isGenuine = sum === checksum(position, filters) && serialize(parts) === cursor;
    if (isGenuine && isPosition(position)) return position;
  }
  const detail = 'must be an unchanged next_cursor of this list, used with the same filters and order';
  throw invalid([{ pointer: '/cursor', code: 'INVALID_CURSOR', detail }]);
}

/** Whether a text is a time as cursors contain it: ISO 8601 in UTC, to the millisecond. */
export function isCursorTime(text: string): boolean {
  return parseInstant(text)?.toISOString() === text;
}
