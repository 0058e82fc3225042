import type { ReactElement } from 'react';
import { findShorterLength, type Overview, type Period } from '../../metrics/overview';
import { Status, Table } from './components';
import { formatNumber, formatSeconds } from './figures';

type Periods = Overview['periods'];

const NAMES = { minutes: '5 minutes', hour: 'Hour', day: 'Day' } as const;
const PERCENTILES = ['p50', 'p95', 'p99'] as const;

/** Returns the heading of a period, with its real length if that is shorter. */
function titleOf(periods: Periods, name: keyof Periods): string {
  const seconds = findShorterLength(name, periods[name]);
  return seconds === null ? NAMES[name] : `${NAMES[name]}: the last ${formatSeconds(Math.ceil(seconds))}`;
}

const numberOf = (period: Period | null, count: number | undefined) =>
  period ? formatNumber(count ?? 0) : '–';

function describeNone({ stores, periods }: Overview): string {
  if (!stores.redis) return 'Unknown, because Redis does not answer.';
  return periods.day ? 'None yet.' : 'Unknown: no worker has recorded figures in the last day.';
}

/** How many applications ended with which outcome. */
export function Outcomes({ overview }: { overview: Overview }): ReactElement {
  const { periods } = overview;
  const columns = [periods.minutes, periods.hour, periods.day];
  const outcomes = new Map<string, { status: string; reason: string | null }>();
  for (const period of columns)
    for (const { status, reason } of period?.outcomes ?? [])
      outcomes.set(JSON.stringify([status, reason]), { status, reason });
  const titles = (['minutes', 'hour', 'day'] as const).map((name) => titleOf(periods, name));
  return (
    <Table label="Outcomes" columns={['Outcome', 'Reason', ...titles]} live="outcomes">
      {outcomes.size === 0 && (
        <tr>
          <td colSpan={5}>{describeNone(overview)}</td>
        </tr>
      )}
      {[...outcomes].sort().map(([key, { status, reason }]) => (
        <tr key={key}>
          <td>
            <Status status={status} />
          </td>
          <td>{reason ?? '–'}</td>
          {columns.map((period, n) => {
            const found = period?.outcomes.find((one) => one.status === status && one.reason === reason);
            return <td key={n}>{numberOf(period, found?.count)}</td>;
          })}
        </tr>
      ))}
    </Table>
  );
}

/** Percentiles of the time from receipt to outcome. */
export function Latency({ periods }: { periods: Periods }): ReactElement {
  const { hour, day } = periods;
  const columns = ['Share', titleOf(periods, 'hour'), titleOf(periods, 'day')];
  return (
    <Table label="Time from receipt to outcome" columns={columns} live="latency">
      {PERCENTILES.map((name) => (
        <tr key={name}>
          <td>{name.slice(1)} % within</td>
          <td>{formatSeconds(hour?.latency[name] ?? null)}</td>
          <td>{formatSeconds(day?.latency[name] ?? null)}</td>
        </tr>
      ))}
    </Table>
  );
}
