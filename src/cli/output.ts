import type { Io } from './io';
import { printLine, printNotice } from './io';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'ids'] as const;
export type Format = (typeof FORMATS)[number];

/** Any object of the API. The field names are the API's in every format. */
type Row = object;

export interface Listing {
  format: Format;
  /** The fields that a table shows, in order. The other formats show all fields. */
  columns: readonly string[];
  /** False for a later part of a list that is printed in parts. */
  header?: boolean;
  /** Printed on standard error if there are no rows: what is missing, and which command helps. */
  emptyNotice: string;
}

function fieldValue(row: Row, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
}

async function formatTable(
  io: Io,
  rows: readonly Row[],
  columns: readonly string[],
  header: boolean,
): Promise<string> {
  const cells = rows.map((row) => columns.map((name) => formatCell(fieldValue(row, name))));
  if (!io.stdoutIsTerminal) return cells.map((line) => line.join('\t')).join('\n');
  const { default: Table } = await import('cli-table3');
  const blank = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' };
  const noLines = { 'bottom-left': '', 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '' };
  const table = new Table({
    head: header ? columns.map((name) => name.replaceAll('_', ' ').toUpperCase()) : [],
    chars: { ...blank, ...noLines, right: '', 'right-mid': '', middle: '  ' },
    style: { head: io.useColor ? ['bold'] : [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...cells);
  return table.toString();
}

async function formatCsv(rows: readonly Row[], header: boolean): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  const columns = Object.keys(rows[0] ?? {});
  const records = rows.map((row) => columns.map((name) => formatCell(fieldValue(row, name))));
  return stringify(header ? [columns, ...records] : records).trimEnd();
}

async function formatRows(
  io: Io,
  rows: readonly Row[],
  { format, columns, header = true }: Omit<Listing, 'emptyNotice'>,
): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(rows, null, 2);
    case 'ndjson':
      return rows.map((row) => JSON.stringify(row)).join('\n');
    case 'csv':
      return formatCsv(rows, header);
    case 'ids':
      return rows.map((row) => formatCell(fieldValue(row, 'id'))).join('\n');
    case 'table':
      return formatTable(io, rows, columns, header);
  }
}

/** Prints rows, or the notice if there are none. `json` prints an empty array then. */
export async function printRows(io: Io, rows: readonly Row[], listing: Listing): Promise<void> {
  if (rows.length === 0) printNotice(io, listing.emptyNotice);
  if (rows.length > 0 || listing.format === 'json') printLine(io, await formatRows(io, rows, listing));
}

/** Prints one record: an object as `json`, a line for each field as `table`, else as a list of one. */
export async function printRecord(io: Io, record: Row, format: Format): Promise<void> {
  const columns = Object.keys(record);
  if (format === 'json') printLine(io, JSON.stringify(record, null, 2));
  else if (format === 'table') {
    const width = io.stdoutIsTerminal ? Math.max(...columns.map((name) => name.length)) : 0;
    const gap = io.stdoutIsTerminal ? '  ' : '\t';
    for (const name of columns)
      printLine(io, name.padEnd(width) + gap + formatCell(fieldValue(record, name)));
  } else printLine(io, await formatRows(io, [record], { format, columns }));
}
