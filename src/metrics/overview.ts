import type { ApplicationQueue } from '../queue/applications';
import type { QueueStats } from '../queue/stats';
import { findEarliest } from './history';
import type { ProcessKind } from './labels';
import { countProcesses } from './snapshots';
import { readSystem, type DatabaseState, type RedisState, type SystemDeps, type SystemState } from './system';
import {
  countOutcomes,
  countReceived,
  percentile,
  readTotals,
  subtractTotals,
  type OutcomeCount,
  type Totals,
} from './totals';

/** What happened in a period that ends now. */
export interface Period {
  /** Its real length: from a stored reading, and there is one a minute. */
  seconds: number;
  received: Totals['received'];
  received_per_second: number;
  processed_per_second: number;
  outcomes: OutcomeCount[];
  /** From receipt to outcome, in seconds; null without any application. */
  latency: Record<'p50' | 'p95' | 'p99', number | null>;
}

/** The state of the whole system, for people. What a store that is down would tell is null. */
export interface Overview {
  stores: { redis: boolean; postgres: boolean; replica: boolean | null };
  /** The ways in which Redis may lose accepted applications. */
  redis_warnings: readonly string[];
  redis_memory: RedisState['memory'];
  queues: readonly QueueStats[];
  processes: Record<ProcessKind, number> | null;
  feed: DatabaseState['feed'] | null;
  push: DatabaseState['push'] | null;
  /** Since the reading that the caller handed in; null without one. */
  since: Period | null;
  /** Each is shorter if there is no reading from its beginning; null if there is none in it, because no worker ran. */
  periods: Record<keyof typeof PERIODS_MS, Period | null>;
  /** Hand it in the next time, for the figures of the time between. */
  totals: Totals | null;
}

const PERIODS_MS = { minutes: 5 * 60_000, hour: 3_600_000, day: 24 * 3_600_000 };
/** A period may begin this much earlier, because readings are a minute apart and may be some seconds late. */
const EARLIER_MS = 65_000;

/** Returns what happened between two readings. */
export function describePeriod(later: Totals, earlier: Totals): Period {
  const totals = subtractTotals(later, earlier);
  const seconds = (later.at - earlier.at) / 1000;
  const perSecond = (count: number) => (seconds > 0 ? count / seconds : 0);
  return {
    seconds,
    received: totals.received,
    received_per_second: perSecond(countReceived(totals)),
    processed_per_second: perSecond(countOutcomes(totals)),
    outcomes: totals.outcomes.filter(({ count }) => count > 0),
    latency: {
      p50: percentile(totals.buckets, 0.5),
      p95: percentile(totals.buckets, 0.95),
      p99: percentile(totals.buckets, 0.99),
    },
  };
}

async function readPeriods(queue: ApplicationQueue, totals: Totals | null): Promise<Overview['periods']> {
  const read = async (ms: number) => {
    const earliest = totals && (await findEarliest(queue, totals.at - ms - EARLIER_MS, totals.at));
    return totals && earliest && describePeriod(totals, earliest);
  };
  const [minutes, hour, day] = await Promise.all(Object.values(PERIODS_MS).map(read));
  return { minutes: minutes ?? null, hour: hour ?? null, day: day ?? null };
}

/** Returns the real length of a period in seconds if it is shorter than its name says; otherwise null. */
export function findShorterLength(name: keyof Overview['periods'], period: Period | null): number | null {
  return period && period.seconds * 1000 < PERIODS_MS[name] ? period.seconds : null;
}

function describeSystem({ redis, database, replicaAnswers }: SystemState) {
  return {
    stores: { redis: redis !== null, postgres: database !== null, replica: replicaAnswers },
    redis_warnings: redis?.warnings ?? [],
    redis_memory: redis?.memory ?? null,
    queues: redis?.queues ?? [],
    processes: redis && countProcesses(redis.snapshots, redis.now),
    feed: database?.feed ?? null,
    push: database?.push ?? null,
  };
}

/**
 * Reads the state of the whole system and what happened lately.
 * @param previous the `totals` of an earlier call
 * @throws ConvError QUEUE_UNAVAILABLE if Redis becomes unavailable meanwhile
 */
export async function readOverview(deps: SystemDeps, previous: Totals | null = null): Promise<Overview> {
  const system = await readSystem(deps);
  const { redis } = system;
  const totals = redis && (await readTotals(redis.snapshots, redis.now));
  return {
    ...describeSystem(system),
    since: totals && previous && describePeriod(totals, previous),
    periods: await readPeriods(deps.queue, totals),
    totals,
  };
}
