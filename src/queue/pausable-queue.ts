import { Queue, type Job, type QueueOptions } from 'bullmq';
import { CheckedJob } from './checked-job';
import type { RedisClient } from './connection';

/** Since when and why a queue is paused; both null if another program than conv paused it. */
export interface Pause {
  /** ISO 8601. */
  since: string | null;
  reason: string | null;
}

const BY_OPERATOR = 'paused by an operator';

/** A BullMQ queue that stores when and why it was paused, also for a pause from the queue board. */
export class PausableQueue<Data, Result> extends Queue<Data, Result> {
  private readonly redis: RedisClient;

  constructor(name: string, options: QueueOptions & { connection: RedisClient }) {
    super(name, options);
    this.redis = options.connection;
  }

  protected override get Job(): typeof Job {
    return CheckedJob;
  }

  private get pauseKey(): string {
    return this.toKey('pause');
  }

  /** Pauses the queue. One that is paused keeps the time and the reason of its pause. */
  override async pause(reason = BY_OPERATOR): Promise<void> {
    if (await this.isPaused()) return;
    await this.redis.set(this.pauseKey, JSON.stringify({ since: new Date().toISOString(), reason }));
    await super.pause();
  }

  override async resume(): Promise<void> {
    await super.resume();
    await this.redis.del(this.pauseKey);
  }

  /** Returns since when and why the queue is paused, or null if it is not. */
  async getPause(): Promise<Pause | null> {
    if (!(await this.isPaused())) return null;
    const stored = await this.redis.get(this.pauseKey);
    return stored === null ? { since: null, reason: null } : (JSON.parse(stored) as Pause);
  }
}
