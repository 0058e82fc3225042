import { Redis } from 'ioredis';

/**
 * Sends the commands of one turn of the event loop in one write to the socket. Redis then reads, runs and syncs them to disk
 * together; a write for each costs more than the commands themselves (docs/decisions.md).
 */
export class BatchingRedis extends Redis {
  private isCorked = false;

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    this.corkUntilEndOfTurn();
    return super.sendCommand(...args);
  }

  private corkUntilEndOfTurn(): void {
    const { stream } = this as Partial<Pick<Redis, 'stream'>>; // Undefined before the first connection.
    if (this.isCorked || !stream) return;
    this.isCorked = true;
    stream.cork();
    setImmediate(() => {
      this.isCorked = false;
      stream.uncork();
    });
  }
}
