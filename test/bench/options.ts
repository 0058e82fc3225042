import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const ROWS = [
  'ingest',
  'latency',
  'worker',
  'commit-latency',
  'e2e',
  'traces',
  'viewers',
  'sustained',
  'pickup',
  'reads',
  'mixed',
  'growth',
  'memory',
  'storage',
  'cli',
] as const;
export type RowName = (typeof ROWS)[number];

/** A built checkout of conv: this one, or another commit to compare with. */
export interface Checkout {
  name: string;
  root: string;
}

export interface Options {
  /** Other checkouts that take part in the rows ingest, worker, commit-latency, e2e and pickup. */
  checkouts: readonly Checkout[];
  rows: readonly RowName[];
  /** Only contestants whose name contains one of these; empty for all. */
  only: readonly string[];
  /** Each contestant runs once per round. */
  rounds: number;
  /** Posts, or jobs, of one trial. */
  burst: number;
  /** Sent before the clock starts, so that code is compiled: a tenth of the burst. */
  warmUp: number;
  /** Minutes of the sustained row. */
  minutes: number;
  /** Adds 10,000,000 conversations to the row `reads`. */
  large: boolean;
  /** Only shows that every row runs; its figures mean nothing. */
  quick: boolean;
  /** The file for the figures. */
  json: string | undefined;
}

const USAGE = `npm run bench -- [--rows ${ROWS.join(',')}] [--only NAME,…] [--rounds 5] [--burst 20000]
                 [--minutes 10] [--large] [--quick] [--json FILE] [--checkout NAME=FOLDER,…]`;

function list(text: string | undefined): string[] {
  return text?.split(',').filter((part) => part !== '') ?? [];
}

function wholeNumber(name: string, text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0\n${USAGE}`);
  return value;
}

/** `before=/path,other=/path`: folders in which `npm ci` has built conv. */
function parseCheckouts(text: string | undefined): Checkout[] {
  return list(text).map((part) => {
    const [name = '', root = ''] = part.split('=');
    if (name === '' || root === '') throw new Error(`--checkout takes NAME=FOLDER, not ${part}\n${USAGE}`);
    return { name, root: resolve(root) };
  });
}

const isRow = (name: string): name is RowName => (ROWS as readonly string[]).includes(name);

/** Parses the command line. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: text,
      only: text,
      rounds: text,
      burst: text,
      minutes: text,
      json: text,
      checkout: text,
      large: flag,
      quick: flag,
    },
  });
  const selected = list(values.rows);
  const unknown = selected.filter((name) => !isRow(name));
  if (unknown.length > 0) throw new Error(`unknown row ${unknown.join(', ')}\n${USAGE}`);
  const { quick, large, json } = values;
  const burst = wholeNumber('burst', values.burst, quick ? 300 : 20_000);
  return {
    rows: selected.length > 0 ? ROWS.filter((name) => selected.includes(name)) : ROWS,
    checkouts: parseCheckouts(values.checkout),
    only: list(values.only),
    rounds: wholeNumber('rounds', values.rounds, quick ? 1 : 5),
    burst,
    warmUp: Math.ceil(burst / 10),
    minutes: wholeNumber('minutes', values.minutes, quick ? 0.05 : 10),
    large,
    quick,
    json,
  };
}
