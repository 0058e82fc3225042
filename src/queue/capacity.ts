import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { ApplicationQueue } from './applications';

/** Redis with a memory limit refuses everything at 100 %; workers still need room to finish what is there. */
const MEMORY_SHARE = 0.9;
/**
 * What Redis needs for a job beside its data: hash, options, entries in lists and in the stream of events. Measured, rounded up;
 * with `hash-max-listpack-value 2048`, which not every Redis has, it is half of that.
 */
const BYTES_PER_JOB = 2048;
const LOOK_EVERY_MS = 1000;
const LOOK_AGAIN_MS = 50;
const RETRY_AFTER_SECONDS = '5';

/** How much more the queue may take. */
interface Allowance {
  applications: number;
  bytes: number;
}

export interface QueueCapacity {
  /**
   * Takes the room for one application. Asks nobody, so it costs nothing.
   * @param bytes the size of its event
   * @throws ConvError QUEUE_FULL, with Retry-After
   */
  admit(bytes: number): void;
  close(): Promise<void>;
}

/** Some Redis services forbid INFO; then memory is theirs to watch. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

async function bytesLeft({ connection }: ApplicationQueue): Promise<number> {
  try {
    const info = await connection.info('memory');
    const max = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0);
    const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1] ?? 0);
    return max === 0 ? Infinity : max * MEMORY_SHARE - used;
  } catch (error) {
    if (isRefusal(error)) return Infinity;
    throw error;
  }
}

async function measure(queue: ApplicationQueue, limit: number): Promise<Allowance> {
  const [counts, bytes] = await Promise.all([
    queue.queue.getJobCounts('waiting', 'prioritized', 'delayed'),
    bytesLeft(queue),
  ]);
  const waiting = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { applications: limit - waiting, bytes };
}

/**
 * Watches the queue's length and Redis' memory, now and every second; between two looks it grants what was left at the last one,
 * so that a burst is stopped as well. When half of that is used up it looks at once. While Redis cannot be asked, what is left
 * stays: whether it takes a job it says itself.
 * @param limit how many applications may wait
 */
export function watchQueueCapacity(queue: ApplicationQueue, limit: number, log: Logger): QueueCapacity {
  let granted: Allowance = { applications: limit, bytes: Infinity };
  let taken: Allowance = { applications: 0, bytes: 0 };
  let full = false;
  let closed = false;
  let next: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookedAt = 0;

  const fits = (bytes: number) =>
    granted.applications - taken.applications >= 1 && granted.bytes - taken.bytes >= bytes + BYTES_PER_JOB;
  const runsOut = () => taken.applications >= granted.applications / 2 || taken.bytes >= granted.bytes / 2;

  function tell(): void {
    const before = full;
    full = !fits(0);
    if (full && !before) log.warn({ room: granted }, 'the queue is full');
    if (before && !full) log.info('the queue has room again');
  }

  async function look(): Promise<void> {
    const before = { ...taken };
    try {
      granted = await measure(queue, limit);
      // What was taken meanwhile may not be in the figures yet.
      taken = { applications: taken.applications - before.applications, bytes: taken.bytes - before.bytes };
      tell();
    } catch (error) {
      log.debug({ err: error }, 'the queue cannot be measured');
    }
    lookedAt = Date.now();
    looking = null;
    if (!closed) next = setTimeout(begin, LOOK_EVERY_MS);
  }

  function begin(): void {
    clearTimeout(next);
    looking ??= look();
  }

  begin();
  return {
    admit(bytes) {
      if (!closed && runsOut() && Date.now() >= lookedAt + LOOK_AGAIN_MS) begin();
      if (!fits(bytes))
        throw new ConvError('QUEUE_FULL', 'the queue takes no more for now: try again shortly', {
          headers: { 'Retry-After': RETRY_AFTER_SECONDS },
        });
      taken.applications += 1;
      taken.bytes += bytes + BYTES_PER_JOB;
    },
    async close() {
      closed = true;
      clearTimeout(next);
      await looking;
    },
  };
}
