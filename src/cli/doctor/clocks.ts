import type { Redis } from 'ioredis';
import { QueryTypes } from 'sequelize';
import type { Database } from '../../models/connect';
import { readTime } from '../../queue/redis-clock';
import { fault, ok, warning, type Result } from './finding';

/** Signatures of webhooks are refused when they are five minutes old or early, so a fault shows long before. */
const FAULT_MS = 60_000;
const WARNING_MS = 2000;
const REMEDY = 'synchronize the clocks of both machines, for example with chrony';

/**
 * Compares another machine's clock with this one's.
 * @param readClock returns the other clock in milliseconds since 1970
 */
export async function compareClock(readClock: () => Promise<number>): Promise<Result> {
  const sentAt = Date.now();
  const theirs = await readClock();
  const roundTrip = Date.now() - sentAt;
  const difference = Math.round(theirs - sentAt - roundTrip / 2);
  // The answer may have taken all of the round trip or nothing of it.
  const certain = Math.max(0, Math.abs(difference) - roundTrip / 2);
  const seconds = (Math.abs(difference) / 1000).toFixed(1);
  const detail = `${seconds} s ${difference < 0 ? 'behind' : 'ahead of'} this machine`;
  if (certain > FAULT_MS) return fault(detail, REMEDY);
  return certain > WARNING_MS ? warning(detail, REMEDY) : ok(detail);
}

export function checkPostgresClock({ sequelize }: Database): Promise<Result> {
  return compareClock(async () => {
    const [row] = await sequelize.query<{ now: Date }>('SELECT clock_timestamp() AS now', {
      type: QueryTypes.SELECT,
    });
    return row?.now.getTime() ?? 0;
  });
}

export function checkRedisClock(redis: Redis): Promise<Result> {
  return compareClock(() => readTime(redis));
}
