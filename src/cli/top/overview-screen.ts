import type { Overview, Period } from '../../metrics/overview';
import { color } from '../colors';
import type { Io } from '../io';
import { formatDuration, formatNumber } from '../numbers';
import { describeCause } from '../pause-notice';
import { formatTerminalTable } from '../table';
import { formatOutcomes } from './outcomes';
import type { Reading } from './reading';
import { sparkline } from './sparkline';
import { formatLabeled, formatSpans, type Span } from './spans';

/** Received and processed applications a second between two readings; null if they are not known. */
export interface Rates {
  received: number | null;
  processed: number | null;
}

const RATE_WIDTH = 10;
/** The cells of a line before its sparkline. */
const SPARKLINE_AT = 23;
/** How many failures a reading without an end of the screen shows. */
const MOST_FAILURES = 10;

const GAP = '  ';

function formatHeader(io: Io, { at, overview }: Reading, width: number): string {
  const title = { text: `conv top${GAP}${at.toISOString().slice(0, 19)}Z` };
  if ('problem' in overview) return formatSpans([title], width);
  const { redis, postgres, replica } = overview.value.stores;
  const states: [string, boolean | null][] = [
    ['PostgreSQL', postgres],
    ['Redis', redis],
    ['replica', replica],
  ];
  const spans = states.flatMap(([name, isUp]): Span[] => {
    if (isUp === null) return [];
    const style = (text: string) => color(io, isUp ? 'green' : 'red', text);
    return [{ text: GAP }, { text: `${name} ${isUp ? 'up' : 'DOWN'}`, style }];
  });
  return formatSpans([title, ...spans], width);
}

const formatRate = (rate: number | null) => (rate === null ? '-' : `${formatNumber(rate)}/s`);

/** Returns the two lines of rates. Before the second reading they show the rates of the last minutes. */
function formatRates(io: Io, overview: Overview, history: readonly Rates[], width: number): string[] {
  const names = { received: 'IN', processed: 'OUT' } as const;
  const now = overview.since ?? overview.periods.minutes;
  return (['received', 'processed'] as const).map((kind) => {
    const values = history.map((rates) => rates[kind]);
    const rate = formatRate(now && now[`${kind}_per_second`]).padStart(RATE_WIDTH);
    return formatLabeled(io, names[kind], `${rate}${GAP}${sparkline(values, width - SPARKLINE_AT)}`, width);
  });
}

function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : formatDuration(seconds);
}

/** Returns the percentiles of the last minutes, or since the start if there are none yet. */
function describeLatency(minutes: Period | null, sinceStart: Period | null): string {
  const period = minutes ?? sinceStart;
  const percentiles = Object.entries(period?.latency ?? {}).flatMap(([name, seconds]) =>
    seconds === null ? [] : [`${name} ${formatSeconds(seconds)}`],
  );
  if (period === null || percentiles.length === 0) return 'no application was processed';
  return `${percentiles.join(GAP)}${GAP}of the last ${formatDuration(period.seconds)}`;
}

const oldest = (seconds: number | null) => (seconds === null ? '' : `, oldest ${formatDuration(seconds)}`);

function describeBacklog({ queues: [queue] }: Overview): string {
  if (!queue) return 'unknown: Redis cannot be reached';
  const { waiting, active, delayed, oldest_waiting_seconds } = queue;
  const count = `${formatNumber(waiting)} waiting${oldest(oldest_waiting_seconds)}`;
  return [count, `${formatNumber(active)} active`, `${formatNumber(delayed)} delayed`].join(GAP);
}

function describePushes({ push }: Overview): string {
  if (!push) return 'unknown: PostgreSQL cannot be reached';
  const { switched_on, pending, parked, error, oldest_seconds } = push;
  if (!switched_on) return 'off: no EVENTS_URL';
  const count = `${formatNumber(pending)} pending${oldest(oldest_seconds)}`;
  return [count, `${formatNumber(parked)} parked`, ...(error === null ? [] : [error])].join(GAP);
}

function describeProcesses({ processes, redis_memory }: Overview): string {
  if (!processes) return 'unknown: Redis cannot be reached';
  const counts = Object.entries(processes).map(([kind, count]) => `${kind} ${count}`);
  const megabytes = (bytes: number) => `${formatNumber(bytes / 1_048_576)} MiB`;
  const limit = redis_memory && redis_memory.max > 0 ? ` of ${megabytes(redis_memory.max)}` : '';
  const memory = redis_memory ? [`Redis memory ${megabytes(redis_memory.used)}${limit}`] : [];
  return [...counts, ...memory].join(GAP);
}

/** Returns a line for each queue that is paused, and for each way in which Redis may lose applications. */
function formatWarnings(io: Io, { queues, redis_warnings }: Overview, width: number): string[] {
  const paused = queues.flatMap(({ id, paused, paused_since: since, pause_reason: reason }) =>
    paused ? [`${id}: ${describeCause({ since, reason })}`] : [],
  );
  return [...paused, ...redis_warnings].map((text) => {
    const style = (shown: string) => color(io, 'yellow', shown);
    return formatSpans([{ text: `! ${text}`, style }], width);
  });
}

/** Returns the newest failures in at most this many lines, with the heading. */
function formatFailures(io: Io, { failures }: Reading, width: number, lines: number): string[] {
  if (lines < 2) return [];
  if ('problem' in failures) return [formatLabeled(io, 'FAILURES', failures.problem, width)];
  const shown = failures.value.slice(0, lines - 1);
  if (shown.length === 0) return [formatLabeled(io, 'FAILURES', 'none', width)];
  const names = ['failed_id', 'received_at', 'reason'];
  const rows = shown.map(({ id, received_at, reason }) => [id, received_at, reason ?? '']);
  return formatTerminalTable(io, names, rows, true).split('\n');
}

/**
 * Returns the lines of the overview.
 * @param height the failures fill this many lines; Infinity shows ten of them
 */
export function drawOverview(io: Io, reading: Reading, history: readonly Rates[], height: number): string[] {
  const width = io.terminalWidth ?? Infinity;
  const { overview } = reading;
  const header = formatHeader(io, reading, width);
  if ('problem' in overview) return [header, '', formatLabeled(io, 'PROBLEM', overview.problem, width)];
  const state = overview.value;
  const above = [
    header,
    ...formatWarnings(io, state, width),
    '',
    ...formatRates(io, state, history, Math.min(width, 1000)),
    formatLabeled(io, 'LATENCY', describeLatency(state.periods.minutes, reading.sinceStart), width),
    formatLabeled(io, 'BACKLOG', describeBacklog(state), width),
    formatLabeled(io, 'PUSHES', describePushes(state), width),
    formatLabeled(io, 'PROCESSES', describeProcesses(state), width),
    '',
    ...formatOutcomes(io, state, reading.sinceStart),
    '',
  ];
  const room = height === Infinity ? MOST_FAILURES + 1 : height - above.length;
  return [...above, ...formatFailures(io, reading, width, room)];
}
