import { appendFileSync, readFileSync } from 'node:fs';
import type { Account } from './account';

/** A row of the table in docs/scaling.md, "Measured". */
export interface Row extends Account {
  platform: string;
  /** The longest times without an acknowledgement, without an answer to reads, and without an outcome, in milliseconds. */
  longestMs: { acknowledgement: number; reads?: number; outcome?: number };
}

/** The file that collects the rows of a run, one JSON object in each line. */
const FILE = 'PLATFORM_RESULTS';

/** All rows of the table, in its order. */
export const PLATFORMS: readonly string[] = [
  'Redis Sentinel, failover',
  'Redis Cluster, 3 nodes',
  'Redis, user with few rights',
  'PgBouncer, transaction mode',
  'PostgreSQL 15, synchronous standby promoted',
  'PostgreSQL 15, lagging standby promoted, workers',
  'PostgreSQL 15, lagging standby promoted, conv reconcile',
  'PostgreSQL 15',
  'PostgreSQL 15, user with few rights',
  'TLS with a private CA for both stores',
  'PostgreSQL 17, Node 20',
  'PostgreSQL 17, Node 24',
  'PostgreSQL 17, Node 26',
];

const seconds = (ms: number | undefined) => (ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`);

function format({ platform, acknowledged, lost, doubled, failed, longestMs }: Row): string {
  const counts = [acknowledged, lost, doubled, failed].map((count) => count.toLocaleString('en'));
  const { acknowledgement, reads, outcome } = longestMs;
  return `| ${[platform, ...counts, ...[acknowledgement, reads, outcome].map(seconds)].join(' | ')} |`;
}

/** Prints the row of a platform, and adds it to the table of `npm run test:platforms`. */
export function recordRow(row: Row): void {
  process.stderr.write(`\n${format(row)}\n`);
  const file = process.env[FILE];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}

/** Returns the environment in which rows are collected in a file. */
export function collectRows(file: string): NodeJS.ProcessEnv {
  return { ...process.env, [FILE]: file };
}

/** Reads the rows that were collected; the newest one of each platform counts. */
export function readRows(file: string): Row[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const rows = new Map(lines.map((line) => JSON.parse(line) as Row).map((row) => [row.platform, row]));
  return [...rows.values()];
}

/** Formats the table as Markdown, and says what is wrong with it: platforms that are missing, and figures that are not 0. */
export function formatTable(rows: readonly Row[]): { table: string; faults: string[] } {
  const order = [...PLATFORMS, ...rows.map(({ platform }) => platform)];
  const sorted = [...rows].sort((a, b) => order.indexOf(a.platform) - order.indexOf(b.platform));
  const head = [
    '| platform | acknowledged | lost | doubled | FAILED | longest without acknowledgement | without reads | without outcome |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const missing = PLATFORMS.filter((platform) => !rows.some((row) => row.platform === platform));
  const bad = rows.filter(({ lost, doubled, failed }) => lost + doubled + failed > 0);
  return {
    table: [...head, ...sorted.map(format)].join('\n'),
    faults: [
      ...missing.map((platform) => `${platform}: not measured`),
      ...bad.map(({ platform }) => `${platform}: lost, doubled or FAILED is not 0`),
    ],
  };
}
