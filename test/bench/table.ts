import Table from 'cli-table3';
import type { Measured, Result } from './row';

const round = (value: number): string =>
  Number.isNaN(value) ? '' : value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

function lines(row: string, { name, beside, metrics }: Measured): string[][] {
  return Object.entries(metrics).map(([metric, { median, min, max, ratio }], n) => [
    n === 0 ? row : '',
    n === 0 ? name : '',
    metric,
    round(median),
    `${round(min)}..${round(max)}`,
    name === beside || Number.isNaN(ratio) ? '' : ratio.toFixed(2),
  ]);
}

function table(head: string[]): Table.Table {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}

/** Formats every figure: median, spread, and the ratio of conv's figure to it, round by round. */
export function figuresTable(results: Readonly<Record<string, Result>>): string {
  const figures = table(['row', 'contestant', 'figure', 'median', 'min..max', 'conv ÷ it']);
  for (const [row, { measured }] of Object.entries(results))
    for (const one of measured) figures.push(...lines(row, one));
  return figures.toString();
}

function describeLimit({ atLeast, atMost, against, by }: Result['goals'][number]): string {
  const limit = atLeast === undefined ? `≤ ${String(atMost)}` : `≥ ${atLeast}`;
  if (against === undefined) return limit;
  return by === 'difference' ? `${limit} more than ${against}` : `${limit} × ${against}`;
}

/** Formats the goals and whether they were met. */
export function goalsTable(results: Readonly<Record<string, Result>>): string {
  const rows = table(['row', 'goal', 'measured', '']);
  for (const [row, { goals }] of Object.entries(results))
    for (const goal of goals) {
      const text = `${goal.metric} of ${goal.of} ${describeLimit(goal)}`;
      rows.push([row, text, goal.value.toFixed(2), goal.met ? 'met' : 'missed']);
    }
  return rows.toString();
}
