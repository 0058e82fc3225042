import type { Io } from '../io';
import { bold } from '../colors';
import { displayWidth, padEnd, shortenEnd } from '../terminal-text';

/** A part of a line, and how it looks. */
export interface Span {
  text: string;
  style?: (text: string) => string;
}

/** The names of the lines of the overview take this many cells. */
const LABEL_WIDTH = 11;

/** Returns a line of these parts that takes at most `width` cells. */
export function formatSpans(spans: readonly Span[], width: number): string {
  let left = width;
  return spans
    .map(({ text, style = String }) => {
      const shown = left > 0 ? shortenEnd(text, left) : '';
      left -= displayWidth(shown);
      return style(shown);
    })
    .join('');
}

/** Returns a line with a name and what it says. */
export function formatLabeled(io: Io, label: string, text: string, width: number): string {
  const name = { text: padEnd(label, LABEL_WIDTH), style: (shown: string) => bold(io, shown) };
  return formatSpans([name, { text }], width);
}
