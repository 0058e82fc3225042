import { OUTCOME_STATUSES } from '../../lib/domain';
import { findShorterLength, type Overview, type Period } from '../../metrics/overview';
import type { OutcomeCount } from '../../metrics/totals';
import type { Io } from '../io';
import { formatDuration, formatNumber } from '../numbers';
import { formatTerminalTable } from '../table';

const position = ({ status }: OutcomeCount) => OUTCOME_STATUSES.findIndex((one) => one === status);
const key = ({ status, reason }: OutcomeCount) => `${status} ${reason ?? ''}`;

/** Returns each status and reason of these periods once, in the order of the statuses. */
function collectOutcomes(periods: readonly (Period | null)[]): OutcomeCount[] {
  const outcomes = periods.flatMap((period) => period?.outcomes ?? []);
  const unique = [...new Map(outcomes.map((outcome) => [key(outcome), outcome])).values()];
  return unique.sort((a, b) => position(a) - position(b) || key(a).localeCompare(key(b)));
}

const PERIODS = [
  ['minutes', '5_minutes'],
  ['hour', 'hour'],
  ['day', 'day'],
] as const;

/** Returns the periods by the names of their columns. A period that is shorter than it should be is named by its real length, once. */
function namePeriods(periods: Overview['periods']): Map<string, Period | null> {
  const columns = PERIODS.map(([key, name]) => {
    const seconds = findShorterLength(key, periods[key]);
    return [seconds === null ? name : `last_${formatDuration(seconds)}`, periods[key]] as const;
  });
  return new Map(columns);
}

/** Returns a table of the outcomes by status and reason: a column for each period; `-` where there is no reading. */
export function formatOutcomes(io: Io, { periods }: Overview, sinceStart: Period | null): string[] {
  const columns = [['since_start', sinceStart] as const, ...namePeriods(periods)];
  const outcomes = collectOutcomes(columns.map(([, period]) => period));
  const rows = outcomes.map((outcome) => {
    const counts = columns.map(([name, period]) => {
      const found = period?.outcomes.find((one) => key(one) === key(outcome));
      return (period ? formatNumber(found?.count ?? 0) : '-').padStart(Math.max(name.length, 7));
    });
    return [outcome.status, outcome.reason ?? '', ...counts];
  });
  const none = rows.length === 0 ? [['none', '', ...columns.map(() => '')]] : rows;
  const names = ['status', 'reason', ...columns.map(([name]) => name)];
  return formatTerminalTable(io, names, none, true).split('\n');
}
