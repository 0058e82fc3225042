import type { ProcessKind } from '../../src/metrics/labels';
import { createMetrics, type Metrics } from '../../src/metrics/metrics';
import { storeTotals } from '../../src/metrics/history';
import { publishMetrics } from '../../src/metrics/publisher';
import { readSnapshots } from '../../src/metrics/snapshots';
import { readTotals } from '../../src/metrics/totals';
import { atEnd } from './cleanup';
import { silentLog, type TestQueue } from './queue';
import { call, type TestWeb } from './web';

/** The value of each series at /metrics, under its name and labels as Prometheus' text format writes them. */
export type Series = ReadonlyMap<string, number>;

/** Parses Prometheus' text format. */
export function parseMetrics(text: string): Series {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))] as const;
    }),
  );
}

/** Returns the names of all metrics, also of those without a value. */
export function metricNames(text: string): Set<string> {
  return new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name));
}

/** Reads /metrics. */
export async function readMetrics(web: TestWeb): Promise<string> {
  const response = await call(web, 'GET', '/metrics');
  if (!response.ok) throw new Error(`GET /metrics: ${response.status} ${await response.text()}`);
  return response.text();
}

export const readSeries = async (web: TestWeb): Promise<Series> => parseMetrics(await readMetrics(web));

/** Returns the series of one metric that are not zero, by their labels. */
export function seriesOf(series: Series, name: string): Record<string, number> {
  const entries = [...series].filter(([key, value]) => value !== 0 && key.replace(/\{.*/, '') === name);
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(name.length), value]));
}

/** Publishes the metrics of a process of this kind until the end of the test file. */
export function publishing(kind: ProcessKind, queue: TestQueue): Metrics {
  const metrics = createMetrics(kind);
  const publisher = publishMetrics(metrics, queue.applications, silentLog);
  atEnd(() => publisher.close());
  return metrics;
}

const MINUTE_MS = 60_000;

/** Stores the present counts as if they had been read that many minutes ago. */
export async function recordEarlier({ applications }: TestQueue, minutes: number): Promise<void> {
  const now = (await applications.clock.now()).getTime();
  const totals = await readTotals(await readSnapshots(applications), now);
  await storeTotals(applications, { ...totals, at: now - minutes * MINUTE_MS });
}
