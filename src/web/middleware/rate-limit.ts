import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ConvError } from '../../lib/errors';
import { callQueue, type ApplicationQueue } from '../../queue/applications';
import type { Rate } from '../../lib/rate';
import type { Context } from '../context';

/**
 * Authenticates a request and counts it against its sender, or against its address if authentication fails.
 * @param authenticate returns the sender with the key to count it under, or throws
 * @throws ConvError RATE_LIMITED, with Retry-After; QUEUE_UNAVAILABLE if Redis does not answer; what `authenticate` throws
 */
export type RateLimit = <Sender extends { limitKey: string }>(
  ctx: Context,
  authenticate: () => Promise<Sender>,
) => Promise<Sender>;

interface Consumption {
  remaining: number;
  resetSeconds: number;
  exceeded: boolean;
}

function toConsumption(result: RateLimiterRes, exceeded: boolean): Consumption {
  const resetSeconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
  return { remaining: result.remainingPoints, resetSeconds, exceeded };
}

async function consume(limiter: RateLimiterRedis, key: string): Promise<Consumption> {
  try {
    return toConsumption(await limiter.consume(key), false);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return toConsumption(thrown, true);
    throw thrown;
  }
}

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10 */
function setRateLimitHeaders(ctx: Context, { count, seconds }: Rate, consumption: Consumption): void {
  ctx.set('RateLimit-Policy', `"sender";q=${count};w=${seconds}`);
  ctx.set('RateLimit', `"sender";r=${consumption.remaining};t=${consumption.resetSeconds}`);
}

/** Whether the credentials were refused, as opposed to a store that did not answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConvError && error.status < 500;
}

/**
 * Returns a limit that counts requests per sender in Redis, so that all web processes count together. A sender over its limit is
 * remembered in this process until the period ends, and costs Redis nothing meanwhile.
 * @param rate null for no limit
 */
export function createRateLimit(rate: Rate | null, { queue, connection }: ApplicationQueue): RateLimit {
  if (!rate) return (_ctx, authenticate) => authenticate();
  const { count, seconds } = rate;
  const limiter = new RateLimiterRedis({
    storeClient: connection,
    keyPrefix: `${queue.opts.prefix ?? ''}:rate`,
    points: count,
    duration: seconds,
    inMemoryBlockOnConsumed: count + 1,
  });

  async function countRequest(ctx: Context, key: string): Promise<void> {
    const consumption = await callQueue(() => consume(limiter, key));
    setRateLimitHeaders(ctx, { count, seconds }, consumption);
    if (consumption.exceeded)
      throw new ConvError(
        'RATE_LIMITED',
        `a sender may send ${count} requests in ${seconds} s: try again in ${consumption.resetSeconds} s`,
        { retryAfterSeconds: consumption.resetSeconds },
      );
  }

  return async (ctx, authenticate) => {
    const sender = await authenticate().catch(async (error: unknown) => {
      if (isRefusal(error)) await countRequest(ctx, `address:${ctx.ip}`);
      throw error;
    });
    await countRequest(ctx, sender.limitKey);
    return sender;
  };
}
