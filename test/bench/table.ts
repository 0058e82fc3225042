import Table from 'cli-table3';
import type { Measured, Result } from './row';

const round = (value: number): string =>
  Number.isNaN(value) ? '' : value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

const ratio = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(2));

function lines(row: string, subject: string, { name, metrics }: Measured): string[][] {
  return Object.entries(metrics).map(([metric, { median, min, max, ratio: ofSubject }], n) => [
    n === 0 ? row : '',
    n === 0 ? name : '',
    metric,
    round(median),
    `${round(min)}..${round(max)}`,
    name === subject ? '' : ratio(ofSubject),
  ]);
}

/** Every figure of every row: median, spread, and the subject's figure as a multiple of this one. */
export function figuresTable(results: Readonly<Record<string, Result>>): string {
  const table = new Table({
    head: ['row', 'contestant', 'figure', 'median', 'min..max', 'conv ÷ it'],
    style: { head: [], border: [], compact: true },
  });
  for (const [row, { subject, measured }] of Object.entries(results))
    for (const one of measured) table.push(...lines(row, subject, one));
  return table.toString();
}

/** What was promised, and whether it is so. */
export function goalsTable(results: Readonly<Record<string, Result>>): string {
  const table = new Table({
    head: ['row', 'goal', 'measured', ''],
    style: { head: [], border: [], compact: true },
  });
  for (const [row, { subject, goals }] of Object.entries(results))
    for (const { metric, of = subject, against, atLeast, atMost, ratio: value, met } of goals) {
      const limit = atLeast === undefined ? `≤ ${String(atMost)}` : `≥ ${atLeast}`;
      table.push([row, `${metric} of ${of} ${limit} × ${against}`, ratio(value), met ? 'met' : 'short']);
    }
  return table.toString();
}
