import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const ROWS = [
  'ingest',
  'latency',
  'worker',
  'commit-latency',
  'e2e',
  'sustained',
  'pickup',
  'reads',
  'mixed',
  'growth',
  'memory',
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
  /** Only contestants whose name holds one of these; all where empty. */
  only: readonly string[];
  /** Each contestant runs once a round. */
  rounds: number;
  /** Posts, or jobs, of one trial. */
  burst: number;
  /** Sent first, so that what is timed is the running process and not its compiler: a tenth of the burst. */
  warmUp: number;
  /** Minutes of the sustained row. */
  minutes: number;
  /** Reads also at 10,000,000 conversations. */
  large: boolean;
  /** Proves that every row runs; its figures say nothing. */
  quick: boolean;
  /** Where the figures go. */
  json: string | undefined;
}

const USAGE = `npm run bench -- [--rows ${ROWS.join(',')}] [--only NAME,…] [--rounds 5] [--burst 20000]
                 [--minutes 10] [--large] [--quick] [--json FILE] [--checkout NAME=FOLDER,…]`;

function list(text: string | undefined): string[] {
  return text?.split(',').filter((part) => part !== '') ?? [];
}

function wholeNumber(name: string, text: string | undefined, standard: number): number {
  const value = text === undefined ? standard : Number(text);
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

/** What the command line asks for. */
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
  const asked = list(values.rows);
  const unknown = asked.filter((name) => !isRow(name));
  if (unknown.length > 0) throw new Error(`no row is called ${unknown.join(', ')}\n${USAGE}`);
  const { quick, large, json } = values;
  const burst = wholeNumber('burst', values.burst, quick ? 300 : 20_000);
  return {
    rows: asked.length > 0 ? ROWS.filter((name) => asked.includes(name)) : ROWS,
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
