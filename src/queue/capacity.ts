import type { Redis } from 'ioredis';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { ApplicationQueue } from './applications';
import { primaries } from './connection';
import { readInfo } from './redis-info';

/** Redis refuses every write at 100 % of its memory limit; workers need the rest to finish the waiting jobs. */
const USABLE_MEMORY = 0.9;
/**
 * Redis memory per job beside its data: hash, options, list entries, the event stream. Measured and rounded up; with
 * `hash-max-listpack-value 2048`, which not every Redis has, it is half of that.
 */
const BYTES_PER_JOB = 2048;
const MEASURE_INTERVAL_MS = 1000;
const MIN_MEASURE_INTERVAL_MS = 50;

interface Capacity {
  applications: number;
  bytes: number;
}

/** Admission control: the webhook accepts an application only while the queue has capacity for it. */
export interface QueueCapacity {
  /**
   * Admits one application. Does not contact Redis.
   * @param bytes the size of its event
   * @throws ConvError QUEUE_FULL
   */
  admit(bytes: number): void;
  close(): Promise<void>;
}

async function freeBytes(redis: Redis): Promise<number> {
  const info = await readInfo(redis, 'memory');
  const max = Number(info?.get('maxmemory') ?? 0);
  if (info === null || max === 0) return Infinity; // The provider or nobody limits the memory.
  return max * USABLE_MEMORY - Number(info.get('used_memory') ?? 0);
}

async function measure(queue: ApplicationQueue, limit: number): Promise<Capacity> {
  const [counts, ...bytes] = await Promise.all([
    queue.queue.getJobCounts('waiting', 'prioritized', 'delayed'),
    ...primaries(queue.connection).map(freeBytes),
  ]);
  const waiting = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { applications: limit - waiting, bytes: Math.min(...bytes) };
}

/**
 * Measures the queue's length and Redis' free memory every second, and sooner when half of the last measurement is used. Between
 * two measurements it admits as much as was free at the last one, so a burst is stopped as well. While Redis cannot be measured
 * the last measurement stays; Redis itself then accepts or refuses the job.
 * @param limit how many applications may wait
 */
export function watchQueueCapacity(queue: ApplicationQueue, limit: number, log: Logger): QueueCapacity {
  let free: Capacity = { applications: limit, bytes: Infinity };
  let used: Capacity = { applications: 0, bytes: 0 };
  let full = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let measuring: Promise<void> | null = null;
  let measuredAt = 0;

  const fits = (bytes: number) =>
    free.applications - used.applications >= 1 && free.bytes - used.bytes >= bytes + BYTES_PER_JOB;
  const isHalfUsed = () => used.applications >= free.applications / 2 || used.bytes >= free.bytes / 2;

  function logChange(): void {
    const before = full;
    full = !fits(0);
    if (full && !before) log.warn({ free }, 'the queue is full');
    if (before && !full) log.info('the queue has capacity again');
  }

  async function update(): Promise<void> {
    const before = { ...used };
    try {
      free = await measure(queue, limit);
      // Jobs admitted during the measurement may not be part of it.
      used = { applications: used.applications - before.applications, bytes: used.bytes - before.bytes };
      logChange();
    } catch (error) {
      log.debug({ err: error }, 'the queue cannot be measured'); // The connection logs the outage itself.
    }
    measuredAt = Date.now();
    measuring = null;
    if (!closed) timer = setTimeout(start, MEASURE_INTERVAL_MS);
  }

  function start(): void {
    clearTimeout(timer);
    measuring ??= update();
  }

  start();
  return {
    admit(bytes) {
      if (!closed && isHalfUsed() && Date.now() >= measuredAt + MIN_MEASURE_INTERVAL_MS) start();
      if (!fits(bytes)) throw new ConvError('QUEUE_FULL', 'the queue is full: try again shortly');
      used.applications += 1;
      used.bytes += bytes + BYTES_PER_JOB;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await measuring;
    },
  };
}
