import { OUTCOME_STATUSES } from '../../lib/domain';
import type { Overview, Period } from '../../metrics/overview';
import type { OutcomeCount } from '../../metrics/totals';
import type { Io } from '../io';
import { formatNumber } from '../numbers';
import { formatTerminalTable } from '../table';

const position = ({ status }: OutcomeCount) => OUTCOME_STATUSES.findIndex((one) => one === status);
const key = ({ status, reason }: OutcomeCount) => `${status} ${reason ?? ''}`;

/** Returns each status and reason of these periods once, in the order of the statuses. */
function collectOutcomes(periods: readonly (Period | null)[]): OutcomeCount[] {
  const outcomes = periods.flatMap((period) => period?.outcomes ?? []);
  const unique = [...new Map(outcomes.map((outcome) => [key(outcome), outcome])).values()];
  return unique.sort((a, b) => position(a) - position(b) || key(a).localeCompare(key(b)));
}

/** Returns a table of the outcomes by status and reason: a column for each period; `-` where there is no reading that old. */
export function formatOutcomes(io: Io, { periods }: Overview, sinceStart: Period | null): string[] {
  const columns: [string, Period | null][] = [
    ['since_start', sinceStart],
    ['5_minutes', periods.minutes],
    ['hour', periods.hour],
    ['day', periods.day],
  ];
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
