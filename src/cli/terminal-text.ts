/** Text as a terminal shows it: characters that could change the terminal are escaped, and widths are counted in cells. */

/** Control characters but the line feed, characters that change the direction of text, and line and paragraph separators. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;
/** Characters that take two cells, such as Chinese ones and emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
/** Characters that take no cell of their own: accents, joiners. */
const ZERO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

const ELLIPSIS = '…';

/** Replaces characters that could change what a terminal shows by their code, for example `\u202e`. Line feeds stay. */
export function escapeUnsafe(text: string): string {
  return text.replaceAll(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function charWidth(char: string): number {
  if (ZERO_WIDTH.test(char)) return 0;
  return WIDE.test(char) ? 2 : 1;
}

/** Returns how many cells of a terminal the text takes. */
export function displayWidth(text: string): number {
  return Array.from(text).reduce((sum, char) => sum + charWidth(char), 0);
}

/** Returns the text with spaces behind it, so that it takes this many cells. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Returns the longest beginning of the characters that fits. */
function takeWidth(chars: readonly string[], width: number): string[] {
  let used = 0;
  const end = chars.findIndex((char) => (used += charWidth(char)) > width);
  return end < 0 ? [...chars] : chars.slice(0, end);
}

/** Shortens a text at its end to this many cells: `the receiver answ…`. */
export function shortenEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  return takeWidth(Array.from(text), width - 1).join('') + ELLIPSIS;
}

/** Shortens an id in its middle to this many cells, because ids of one time begin alike: `0198c0de…7f3a`. */
export function shortenMiddle(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const chars = Array.from(text);
  const endWidth = Math.floor((width - 1) / 3);
  const end = takeWidth(chars.toReversed(), endWidth).toReversed();
  return takeWidth(chars, width - 1 - endWidth).join('') + ELLIPSIS + end.join('');
}

/** Breaks a text into lines of at most this many cells, wherever the line is full; line feeds stay breaks. */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    let rest = Array.from(line);
    do {
      const fitting = takeWidth(rest, width);
      const part = fitting.length > 0 ? fitting : rest.slice(0, 1);
      lines.push(part.join(''));
      rest = rest.slice(part.length);
    } while (rest.length > 0);
    return lines;
  });
}
