import type { RedisOptions } from 'ioredis';
import { BatchingRedis } from './batching-redis';

/** Sentinels name the new primary within seconds; asking them again costs little. */
const RECONNECT_AFTER_MS = 200;

/** ioredis chooses the types of replies by this option, which is never set here. */
type Options = Omit<RedisOptions, 'replyMapping'>;

/**
 * A connection to the primary that Sentinels name, which connects again until it is closed on purpose. ioredis 6.0 gives up for ever
 * if a Sentinel announces the new primary while the connection asks another one for it: the announcement ends that attempt, and an
 * attempt that ended counts as closed.
 */
export class SentinelRedis extends BatchingRedis {
  private isClosed = false;

  constructor(options: Options) {
    super(options);
    this.on('end', () => setTimeout(() => this.connectUnlessClosed(), RECONNECT_AFTER_MS));
  }

  override connect(callback?: Parameters<BatchingRedis['connect']>[0]): Promise<void> {
    this.isClosed = false;
    return super.connect(callback);
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.isClosed = true;
    super.disconnect(reconnect);
  }

  override sendCommand(...args: Parameters<BatchingRedis['sendCommand']>): unknown {
    const [{ name }] = args;
    if (name === 'quit') this.isClosed = true;
    return super.sendCommand(...args);
  }

  /** BullMQ's workers block on a duplicate. Returns `never` because ioredis gives a duplicate a type that cannot be written here. */
  override duplicate(override?: Partial<RedisOptions>): never {
    return new SentinelRedis({ ...this.options, ...override }) as never;
  }

  private connectUnlessClosed(): void {
    if (this.isClosed || this.status !== 'end') return;
    this.connect().catch(() => undefined); // It ends again, or reconnects by itself; both are logged as errors of the connection.
  }
}
