import { countFailures } from '../../applications/failures';
import { cacheFor } from '../../lib/cache-for';
import { readOverview, type Overview } from '../../metrics/overview';
import { readSeries, type Series } from '../../metrics/series';
import type { Totals } from '../../metrics/totals';
import type { WebDeps } from '../context';
import { collectAvailable } from './available';

/** What the overview shows. */
export interface OverviewFigures {
  /** When they were read. */
  at: Date;
  overview: Overview;
  /** How many FAILED applications nobody has dismissed, at most {@link MOST_FAILURES}; null while PostgreSQL does not tell. */
  failures: number | null;
  /** The last hour; null while Redis does not tell. */
  series: Series | null;
}

/** Failures are counted up to here, so that many of them do not make the page slow. */
export const MOST_FAILURES = 10_000;

/** The figures are at most this old. */
const READ_EVERY_MS = 1000;
/** The charts have a point a minute, so they are read less often. */
const READ_SERIES_EVERY_MS = 15_000;
/** "Now" is the mean of at least this time, so that it can be read while it changes. */
const NOW_MS = 10_000;

/** Keeps earlier readings. "Now" starts at the newest one that is old enough; until one is, at the oldest. */
function createRecentTotals() {
  const readings: { readAt: number; totals: Totals }[] = [];
  return {
    start(): Totals | null {
      const oldEnough = performance.now() - NOW_MS;
      while (readings[1] && readings[1].readAt <= oldEnough) readings.shift();
      return readings[0]?.totals ?? null;
    },
    add(totals: Totals | null): void {
      if (totals) readings.push({ readAt: performance.now(), totals });
    },
  };
}

/**
 * Returns a function that reads the figures at most once a second for all viewers of this process. Nothing is read without a call.
 * The function throws ConvError QUEUE_UNAVAILABLE if Redis becomes unavailable meanwhile.
 */
export function shareFigures(deps: WebDeps): () => Promise<OverviewFigures> {
  const recent = createRecentTotals();
  const shareSeries = cacheFor(READ_SERIES_EVERY_MS, () => readSeries(deps.queue));
  return cacheFor(READ_EVERY_MS, async () => {
    const overview = await readOverview(deps, recent.start());
    recent.add(overview.totals);
    const { tryRead } = collectAvailable();
    const count = () => countFailures(deps.database, MOST_FAILURES);
    const failures = overview.stores.postgres ? await tryRead('failures', count, null) : null;
    const series = overview.stores.redis ? await tryRead('charts', shareSeries, null) : null;
    return { at: new Date(), overview, failures, series };
  });
}
