import type { Io } from './io';
import { colorStatus, bold } from './colors';
import { displayWidth, escapeUnsafe, padEnd, shortenEnd, shortenMiddle } from './terminal-text';

const GAP = '  ';
/** `2026-11-28T12:00:13Z`: a time without its milliseconds. */
const TIME_WIDTH = 20;
const MILLISECONDS = /\.\d{3}Z$/;

type Kind = 'id' | 'time' | 'status' | 'text';

interface Column {
  name: string;
  title: string;
  kind: Kind;
  /** In cells, without the gap. */
  width: number;
}

/** What a table gives up to fit the terminal, first things first: each kind of column may shrink to this width. */
const SHRINK_STEPS: readonly (readonly [Kind, number])[] = [
  ['id', 13],
  ['text', 16],
  ['time', TIME_WIDTH],
  ['id', 9],
  ['text', 9],
  ['time', 10],
  ['status', 4],
  ['id', 4],
  ['text', 4],
  ['time', 4],
];

function columnKind(name: string): Kind {
  if (name === 'subject' || name === 'id' || name.endsWith('_id')) return 'id';
  if (name.endsWith('_at')) return 'time';
  return name === 'status' ? 'status' : 'text';
}

function shortenCell(text: string, { kind, width }: Column): string {
  if (kind === 'id') return shortenMiddle(text, width);
  const isTooWide = kind === 'time' && displayWidth(text) > width;
  return shortenEnd(isTooWide ? text.replace(MILLISECONDS, 'Z') : text, width);
}

function shortenTitle(title: string, width: number): string {
  return shortenEnd(title.length > width ? title.replace(/ ID$/, '') : title, width);
}

/** Shrinks the widest columns of each step until all fit. */
function fitColumns(columns: Column[], terminalWidth: number): void {
  const available = terminalWidth - GAP.length * (columns.length - 1);
  let excess = columns.reduce((sum, { width }) => sum + width, -available);
  for (const [kind, least] of SHRINK_STEPS) {
    while (excess > 0) {
      const wide = columns.filter((column) => column.kind === kind && column.width > least);
      if (wide.length === 0) break;
      const widest = wide.reduce((a, b) => (b.width > a.width ? b : a));
      widest.width -= 1;
      excess -= 1;
    }
  }
}

function measure(names: readonly string[], rows: readonly string[][]): Column[] {
  return names.map((name, n) => {
    const title = name.replaceAll('_', ' ').toUpperCase();
    const width = Math.max(title.length, ...rows.map((row) => displayWidth(row[n] ?? '')));
    return { name, title, kind: columnKind(name), width };
  });
}

/**
 * Returns a table for a terminal, with aligned columns that fit its width.
 * @param rows the cells, line by line
 */
export function formatTerminalTable(
  io: Io,
  names: readonly string[],
  rows: readonly string[][],
  header: boolean,
): string {
  const cells = rows.map((row) => row.map((cell) => escapeUnsafe(cell).replaceAll('\n', '\\u000a')));
  const columns = measure(names, cells);
  if (io.terminalWidth !== undefined) fitColumns(columns, io.terminalWidth);
  const lines = cells.map((row) =>
    columns.map((column, n) => {
      const cell = padEnd(shortenCell(row[n] ?? '', column), column.width);
      return column.kind === 'status' ? colorStatus(io, row[n] ?? '', cell) : cell;
    }),
  );
  const titles = columns.map(({ title, width }) => bold(io, padEnd(shortenTitle(title, width), width)));
  return (header ? [titles, ...lines] : lines).map((line) => line.join(GAP).trimEnd()).join('\n');
}
