import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ConvError } from '../../lib/errors';
import { callQueue, type ApplicationQueue } from '../../queue/applications';
import type { Rate } from '../../lib/rate';
import type { Context } from '../context';

/**
 * Admits a request of whoever `authenticate` says that it is, or counts it against its address where it does not know.
 * @param authenticate names the sender, or throws
 * @throws ConvError RATE_LIMITED, with Retry-After; QUEUE_UNAVAILABLE where Redis cannot say; what `authenticate` throws
 */
export type Admit = (ctx: Context, authenticate: () => Promise<string>) => Promise<void>;

interface Consumed {
  left: number;
  seconds: number;
  refused: boolean;
}

function consumedOf(answer: RateLimiterRes, refused: boolean): Consumed {
  const seconds = Math.max(1, Math.ceil(answer.msBeforeNext / 1000));
  return { left: answer.remainingPoints, seconds, refused };
}

async function consume(limiter: RateLimiterRedis, sender: string): Promise<Consumed> {
  try {
    return consumedOf(await limiter.consume(sender), false);
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return consumedOf(thrown, true);
    throw thrown;
  }
}

/** https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10 */
function tell(ctx: Context, { count, seconds }: Rate, consumed: Consumed): void {
  ctx.set('RateLimit-Policy', `"sender";q=${count};w=${seconds}`);
  ctx.set('RateLimit', `"sender";r=${consumed.left};t=${consumed.seconds}`);
}

/** A token or signature that was refused; not a store that could not be asked. */
const isRefusal = (error: unknown) => error instanceof ConvError && error.status < 500;

/**
 * Counts requests per sender in Redis, so that all web processes count together; who is over the limit is remembered in the
 * process until its time is over and costs Redis nothing. Without a rate nobody is counted.
 */
export function limitRate(rate: Rate | null, { queue, connection }: ApplicationQueue): Admit {
  if (!rate)
    return async (_ctx, authenticate) => {
      await authenticate();
    };
  const { count, seconds } = rate;
  const limiter = new RateLimiterRedis({
    storeClient: connection,
    keyPrefix: `${queue.opts.prefix ?? ''}:rate`,
    points: count,
    duration: seconds,
    inMemoryBlockOnConsumed: count + 1,
  });

  async function take(ctx: Context, sender: string): Promise<void> {
    const consumed = await callQueue(() => consume(limiter, sender));
    tell(ctx, { count, seconds }, consumed);
    if (consumed.refused)
      throw new ConvError('RATE_LIMITED', `a sender may send ${count} requests in ${seconds} s`, {
        retryAfterSeconds: consumed.seconds,
      });
  }

  return async (ctx, authenticate) => {
    let sender: string;
    try {
      sender = await authenticate();
    } catch (error) {
      if (isRefusal(error)) await take(ctx, `address:${ctx.ip}`);
      throw error;
    }
    await take(ctx, sender);
  };
}
