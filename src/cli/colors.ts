import type { Io } from './io';

const RESET_COLOR = '\u001b[39m';
const COLORS = { red: '\u001b[31m', green: '\u001b[32m', yellow: '\u001b[33m', blue: '\u001b[34m' };

/** Green needs nothing more, yellow will change or did not become a conversation, red needs an operator, blue is on its way. */
const STATUS_COLORS: Readonly<Record<string, keyof typeof COLORS>> = {
  CREATED: 'blue',
  ONGOING: 'yellow',
  COMPLETED: 'green',
  ACCEPTED: 'green',
  REJECTED: 'yellow',
  DEFERRED: 'blue',
  FAILED: 'red',
  QUEUED: 'blue',
  PROCESSING: 'blue',
  DELIVERED: 'green',
  PENDING: 'yellow',
  PARKED: 'red',
  APPLIED: 'green',
};

/** Returns the text in a color, where the terminal shows colors. */
export function color(io: Io, name: keyof typeof COLORS, text: string): string {
  return io.useColor ? COLORS[name] + text + RESET_COLOR : text;
}

/** Returns the text in the color of a status, where the terminal shows colors. */
export function colorStatus(io: Io, status: string, text = status): string {
  const name = STATUS_COLORS[status];
  return name ? color(io, name, text) : text;
}

/** Returns the text in bold, where the terminal shows colors. */
export function bold(io: Io, text: string): string {
  return io.useColor ? `\u001b[1m${text}\u001b[22m` : text;
}

/** Returns the text with foreground and background exchanged, where the terminal shows colors. */
export function inverse(io: Io, text: string): string {
  return io.useColor ? `\u001b[7m${text}\u001b[27m` : text;
}
