import { hash } from 'node:crypto';
import { invalid } from '../lib/errors';
import { parseInstant } from '../lib/time';

/**
 * A place in a list: the sort key of the last row seen. The checksum covers the list's filters too, so that a cursor which was
 * cut, changed or taken from another list is refused and not read as some other place.
 */
function checksum(position: readonly string[], filters: object): string {
  return hash('sha256', JSON.stringify([position, filters]), 'base64url').slice(0, 12);
}

const write = (parts: readonly string[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** An opaque text for `next_cursor`. */
export function encodeCursor(position: readonly string[], filters: object): string {
  return write([checksum(position, filters), ...position]);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null; // Not ours; the caller says so.
  }
}

/**
 * The sort key in a cursor.
 * @param isPlace whether it has the form of this list's keys: the checksum is no secret, so a cursor can be made up
 * @throws ConvError INVALID for anything that encodeCursor did not make for these filters
 */
export function decodeCursor(
  cursor: string,
  filters: object,
  isPlace: (position: string[]) => boolean,
): string[] {
  const parts = parse(cursor);
  if (Array.isArray(parts) && parts.every((part): part is string => typeof part === 'string')) {
    const [sum, ...position] = parts;
    const ours = sum === checksum(position, filters) && write(parts) === cursor;
    if (ours && isPlace(position)) return position;
  }
  const detail = 'must be a next_cursor of this same list, unchanged, with the same filters and order';
  throw invalid([{ pointer: '/cursor', code: 'INVALID_CURSOR', detail }]);
}

/** Whether this is a moment as cursors hold it: to the millisecond, as the database keeps it. */
export function isCursorTime(text: string): boolean {
  return parseInstant(text)?.toISOString() === text;
}
