import type { Io } from '../../src/cli/io';
import { formatOutcomes } from '../../src/cli/top/outcomes';
import type { Overview, Period } from '../../src/metrics/overview';

const period = (seconds: number) => ({ seconds, outcomes: [] }) as unknown as Period;

it('names a period that is shorter by its real length, once', () => {
  const periods = { minutes: period(300), hour: period(720), day: period(720) };
  const [heading] = formatOutcomes({ useColor: false } as Io, { periods } as Overview, null);
  expect(heading).toBe('STATUS  REASON  SINCE START  5 MINUTES  LAST 12 MIN');
});
