import type { Io } from './io';
import { printLine, printNotice } from './io';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'ids'] as const;
export type Format = (typeof FORMATS)[number];

/** Any of the API's objects: the field names are the same everywhere. */
type Row = object;

export interface Listing {
  format: Format;
  /** The fields that a table shows, in order; the other formats show all. */
  columns: readonly string[];
  /** False where the same listing goes on, as for a feed that is followed. */
  heading?: boolean;
  /** Said on standard error where there is nothing: what is missing, and the command that helps. */
  empty: string;
}

function fieldOf(row: Row, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
}

async function table(
  io: Io,
  rows: readonly Row[],
  columns: readonly string[],
  heading: boolean,
): Promise<string> {
  const cells = rows.map((row) => columns.map((name) => cell(fieldOf(row, name))));
  if (!io.outIsTerminal) return cells.map((line) => line.join('\t')).join('\n');
  const { default: Table } = await import('cli-table3');
  const blank = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const noLines = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  const drawn = new Table({
    head: heading ? columns.map((name) => name.replaceAll('_', ' ').toUpperCase()) : [],
    chars: { ...blank, ...noLines, right: '', 'right-mid': '', middle: '  ' },
    style: { head: io.colour ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...cells);
  return drawn.toString();
}

async function csv(rows: readonly Row[], heading: boolean): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  const columns = Object.keys(rows[0] ?? {});
  const records = rows.map((row) => columns.map((name) => cell(fieldOf(row, name))));
  return stringify(heading ? [columns, ...records] : records).trimEnd();
}

async function render(
  io: Io,
  rows: readonly Row[],
  { format, columns, heading = true }: Listing,
): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(rows, null, 2);
    case 'ndjson':
      return rows.map((row) => JSON.stringify(row)).join('\n');
    case 'csv':
      return csv(rows, heading);
    case 'ids':
      return rows.map((row) => cell(fieldOf(row, 'id'))).join('\n');
    case 'table':
      return table(io, rows, columns, heading);
  }
}

/** Prints records. Nothing to print is said on standard error; `json` is then still an array. */
export async function printRows(io: Io, rows: readonly Row[], listing: Listing): Promise<void> {
  if (rows.length === 0) printNotice(io, listing.empty);
  if (rows.length > 0 || listing.format === 'json') printLine(io, await render(io, rows, listing));
}

/** Prints one record: an object in json, else a line for each field, or a listing of one. */
export async function printRecord(io: Io, record: Row, format: Format): Promise<void> {
  const columns = Object.keys(record);
  if (format === 'json') printLine(io, JSON.stringify(record, null, 2));
  else if (format === 'table') {
    const width = io.outIsTerminal ? Math.max(...columns.map((name) => name.length)) : 0;
    const gap = io.outIsTerminal ? '  ' : '\t';
    for (const name of columns) printLine(io, name.padEnd(width) + gap + cell(fieldOf(record, name)));
  } else printLine(io, await render(io, [record], { format, columns, empty: '' }));
}
