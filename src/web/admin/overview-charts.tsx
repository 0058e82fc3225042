import type { ReactElement } from 'react';
import type { Point, Series } from '../../metrics/series';
import { Chart, type ChartLine } from './chart';
import { formatNumber, formatSeconds } from './figures';

const line = (name: string, { points }: Series, read: (point: Point) => number | null): ChartLine => ({
  name,
  points: points.map((point) => ({ at: point.at, value: read(point) })),
});

function describeAge({ points }: Series): string {
  const last = points.at(-1);
  if (!last) return 'No points yet: a worker records one a minute, the first one a minute after its start.';
  return `One point a minute; the last one is from ${new Date(last.at).toISOString().slice(11, 19)} UTC.`;
}

function Filled({ series }: { series: Series }): ReactElement {
  const { from, to, points } = series;
  const counts = [
    line('received', series, (point) => point.received_per_minute),
    line('processed', series, (point) => point.processed_per_minute),
  ];
  const times = [line('95 %', series, ({ p95 }) => p95)];
  return (
    <>
      <p className="note">{describeAge(series)}</p>
      {points.length > 0 && (
        <div className="charts">
          <Chart title="Applications per minute" from={from} to={to} lines={counts} format={formatNumber} />
          <Chart
            title="95 % had their outcome within"
            from={from}
            to={to}
            lines={times}
            format={formatSeconds}
          />
        </div>
      )}
    </>
  );
}

/** What came in and out in the last hour, and how long it took; null while Redis does not answer. */
export function Charts({ series }: { series: Series | null }): ReactElement {
  return (
    <div data-live="charts">
      {series ? <Filled series={series} /> : <p>Unknown, because Redis does not answer.</p>}
    </div>
  );
}
