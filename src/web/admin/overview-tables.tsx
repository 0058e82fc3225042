import type { ReactElement } from 'react';
import type { ReceiptResult } from '../../metrics/labels';
import { findShorterLength, type Overview, type Period } from '../../metrics/overview';
import { Status, Table, type TableRow } from './components';
import { formatNumber, formatSeconds } from './figures';
import { applicationsLink, FAILED_PATH } from './links';

type Periods = Overview['periods'];

const NAMES = { minutes: '5 minutes', hour: 'Hour', day: 'Day' } as const;
const PERCENTILES = ['p50', 'p95', 'p99'] as const;

/** Returns periods by their headings. One that is shorter than it should be is named by its real length, once. */
function namePeriods(periods: Periods, names: readonly (keyof Periods)[]): [string, Period | null][] {
  const columns = names.map((name) => {
    const seconds = findShorterLength(name, periods[name]);
    const title = seconds === null ? NAMES[name] : `Last ${formatSeconds(Math.ceil(seconds))}`;
    return [title, periods[name]] as const;
  });
  return [...new Map(columns)];
}

const numberOf = (period: Period | null, count: number | undefined) =>
  period ? formatNumber(count ?? 0) : '–';

function describeNone({ stores, periods }: Overview): string {
  if (!stores.redis) return 'Unknown, because Redis does not answer.';
  return periods.day ? 'None yet.' : 'Unknown: no worker has recorded figures in the last day.';
}

/** What became of posts, as counted by web. */
const RECEIVED: readonly (readonly [result: ReceiptResult, text: string])[] = [
  ['accepted', '–'],
  ['redelivered', 'sent again'],
  ['conflict', 'id known with other data'],
  ['refused', 'refused'],
];

/** How many applications were received; only the results that occurred. */
function receivedRows(periods: readonly (Period | null)[]): TableRow[] {
  const occurred = RECEIVED.filter(([result]) => periods.some((period) => period?.received[result]));
  return occurred.map(([result, text]) => {
    const counts = periods.map((period) => numberOf(period, period?.received[result]));
    return { key: result, cells: ['Received', text, ...counts] };
  });
}

/** How many applications were received, and ended with which outcome. */
export function Outcomes({ overview }: { overview: Overview }): ReactElement {
  const columns = namePeriods(overview.periods, ['minutes', 'hour', 'day']);
  const periods = columns.map(([, period]) => period);
  const outcomes = new Map<string, { status: string; reason: string | null }>();
  for (const period of periods)
    for (const { status, reason } of period?.outcomes ?? [])
      outcomes.set(JSON.stringify([status, reason]), { status, reason });
  const rows = [...outcomes].sort().map(([key, { status, reason }]) => {
    const counts = periods.map((period) => {
      const found = period?.outcomes.find((one) => one.status === status && one.reason === reason);
      return numberOf(period, found?.count);
    });
    const link =
      status === 'FAILED' ? FAILED_PATH : applicationsLink({ status, reason: reason ?? undefined });
    const outcome = (
      <a href={link}>
        <Status status={status} />
      </a>
    );
    return { key, cells: [outcome, reason ?? '–', ...counts] };
  });
  const names = ['Outcome', 'Reason', ...columns.map(([title]) => title)];
  const all = [...receivedRows(periods), ...rows];
  return <Table label="Outcomes" columns={names} rows={all} none={describeNone(overview)} live="outcomes" />;
}

/** Percentiles of the time from receipt to outcome. */
export function Latency({ periods }: { periods: Periods }): ReactElement {
  const columns = namePeriods(periods, ['hour', 'day']);
  const rows = PERCENTILES.map((name) => ({
    key: name,
    cells: [
      `${name.slice(1)} % within`,
      ...columns.map(([, period]) => formatSeconds(period?.latency[name] ?? null)),
    ],
  }));
  const names = ['Share', ...columns.map(([title]) => title)];
  return <Table label="Time from receipt to outcome" columns={names} rows={rows} live="latency" />;
}
