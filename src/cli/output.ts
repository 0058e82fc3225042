import type { Io } from './io';
import { outputText, printLine, printNotice } from './io';
import { colorStatus } from './colors';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'ids'] as const;
export type Format = (typeof FORMATS)[number];

/** Any object of the API. The field names are the API's in every format. */
type Row = object;

export interface Listing {
  format: Format;
  /** The fields that a table shows, in order. */
  columns: readonly string[];
  /** The fields of csv, in order; without them, the fields of all rows. json has all fields. */
  fields?: readonly string[];
  /** False for a later part of a list that is printed in parts. */
  header?: boolean;
  /** A terminal shows one line for each field and one column for each row: for few rows with many fields. */
  isTransposed?: boolean;
  /** Printed on standard error if there are no rows: what is missing, and which command helps. */
  emptyNotice: string;
}

function fieldValue(row: Row, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  const isList = Array.isArray(value) && value.every((part) => typeof part === 'string');
  return isList ? value.join(' ') : JSON.stringify(value);
}

function formatCells(rows: readonly Row[], columns: readonly string[]): string[][] {
  return rows.map((row) => columns.map((name) => formatCell(fieldValue(row, name))));
}

/** Turns columns into lines. The first column becomes the heading. */
function transpose(columns: readonly string[], cells: string[][]): { columns: string[]; cells: string[][] } {
  const [first = '', ...others] = columns;
  const lines = others.map((name, n) => [name.replaceAll('_', ' '), ...cells.map((row) => row[n + 1] ?? '')]);
  return { columns: [first, ...cells.map(([id = '']) => id)], cells: lines };
}

async function formatTable(
  io: Io,
  rows: readonly Row[],
  { columns, header = true, isTransposed = false }: Omit<Listing, 'emptyNotice'>,
): Promise<string> {
  const cells = formatCells(rows, columns);
  if (!io.stdoutIsTerminal) return cells.map((line) => line.join('\t')).join('\n');
  const { formatTerminalTable } = await import('./table');
  const table = isTransposed ? transpose(columns, cells) : { columns, cells };
  return formatTerminalTable(io, table.columns, table.cells, header);
}

/** Returns the fields of all rows, in the order in which they first appear. */
function allFields(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

async function formatCsv(rows: readonly Row[], fields: readonly string[], header: boolean): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  const records = formatCells(rows, fields);
  return stringify(header ? [[...fields], ...records] : records).replace(/\n$/, '');
}

async function formatRows(
  io: Io,
  rows: readonly Row[],
  listing: Omit<Listing, 'emptyNotice'>,
): Promise<string> {
  const { format, columns, fields, header = true } = listing;
  switch (format) {
    case 'json':
      return JSON.stringify(rows, null, 2);
    case 'ndjson':
      return rows.map((row) => JSON.stringify(row)).join('\n');
    case 'csv':
      return formatCsv(rows, fields ?? (rows.length > 0 ? allFields(rows) : columns), header);
    case 'ids':
      return rows.map((row) => formatCell(fieldValue(row, 'id'))).join('\n');
    case 'table':
      return formatTable(io, rows, listing);
  }
}

/** Prints rows, or the notice if there are none. `json` prints an empty array then, and `csv` its heading. */
export async function printRows(io: Io, rows: readonly Row[], listing: Listing): Promise<void> {
  if (rows.length === 0) printNotice(io, listing.emptyNotice);
  const { format, header = true } = listing;
  const isEmpty = rows.length === 0 && format !== 'json' && !(format === 'csv' && header);
  if (!isEmpty) printLine(io, await formatRows(io, rows, listing));
}

/** Returns a line for each field of a record: on a terminal with aligned values, else separated by tabs. */
export function formatFields(io: Io, record: Row): string[] {
  const names = Object.keys(record);
  const width = io.stdoutIsTerminal ? Math.max(...names.map((name) => name.length)) : 0;
  const gap = io.stdoutIsTerminal ? '  ' : '\t';
  return names.map((name) => {
    const text = outputText(io, formatCell(fieldValue(record, name)));
    return name.padEnd(width) + gap + (name === 'status' ? colorStatus(io, text) : text);
  });
}

/** Prints one record: an object as `json`, a line for each field as `table`, else as a list of one. */
export async function printRecord(io: Io, record: Row, format: Format): Promise<void> {
  if (format === 'json') printLine(io, JSON.stringify(record, null, 2));
  else if (format === 'table') printLine(io, formatFields(io, record).join('\n'));
  else printLine(io, await formatRows(io, [record], { format, columns: Object.keys(record) }));
}
