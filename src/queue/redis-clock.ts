import { performance } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import { primaries, type RedisClient } from './connection';

/** Redis' clock: the one that all processes share, and that orders receipts and erasures (docs/decisions.md). */
export interface RedisClock {
  /** Returns Redis' time, usually without contacting Redis: it is carried forward from the last measurement. */
  now(): Promise<Date>;
  /** Reads the time from Redis. */
  read(): Promise<Date>;
}

/** A measurement is repeated in the background when it is older than this. */
const REFRESH_AFTER_MS = 1000;
/** A measurement that is older than this is not used any more: the caller waits for a new one. */
const KEEP_FOR_MS = 10_000;
/** How fast two clocks may drift apart; ordinary ones stay below a fifth of this. */
const DRIFT = 0.001;

/** Times in milliseconds. */
interface Measurement {
  /** Redis' clock minus this process's monotonic clock. */
  offset: number;
  /** The offset is wrong by no more than this: half of the round trip. */
  error: number;
  /** On the monotonic clock. */
  at: number;
}

const address = ({ options }: Redis) => `${options.host ?? ''}:${options.port ?? ''}`;

/** Of a cluster every process asks the same node, because the clocks of its nodes may differ. */
function clockNode(connection: RedisClient): RedisClient {
  const [node] = primaries(connection).sort((a, b) => (address(a) < address(b) ? -1 : 1));
  return node ?? connection;
}

/** Returns Redis' time in milliseconds since 1970. */
export async function readTime(connection: RedisClient): Promise<number> {
  const [seconds, microseconds] = (await clockNode(connection).time()).map(Number) as [number, number];
  return seconds * 1000 + microseconds / 1000;
}

async function measure(connection: RedisClient): Promise<Measurement> {
  const before = performance.now();
  const time = await readTime(connection);
  const at = performance.now();
  return { offset: time - (before + at) / 2, error: (at - before) / 2, at };
}

/** Returns the more exact of two measurements; the newer one if they contradict each other, because then Redis' clock was set. */
function choose(known: Measurement, newer: Measurement): Measurement {
  const error = known.error + (newer.at - known.at) * DRIFT;
  const contradicts = Math.abs(known.offset - newer.offset) > error + newer.error;
  return contradicts || newer.error <= error ? newer : known;
}

/**
 * Creates a clock that shows Redis' time. It runs on the monotonic clock of the process, so a wrong or changed clock of this machine does
 * not matter.
 */
export function createRedisClock(connection: RedisClient): RedisClock {
  let known: Measurement | null = null;
  let checkedAt = -Infinity;
  let running: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    try {
      const newer = await measure(connection);
      known = known ? choose(known, newer) : newer;
      checkedAt = newer.at;
    } finally {
      running = null;
    }
  }

  return {
    async now() {
      const age = performance.now() - checkedAt;
      if (age > REFRESH_AFTER_MS) running ??= refresh();
      if (age > KEEP_FOR_MS) await running;
      else running?.catch(() => undefined); // The connection logs the outage itself.
      if (!known) throw new Error('a measurement that succeeded is known');
      return new Date(known.offset + performance.now());
    },
    async read() {
      return new Date(await readTime(connection));
    },
  };
}
