import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database } from '../models/connect';
import { findToken, isInForce, type TokenView } from './token';

/** A revocation takes effect on every process within this. */
const FRESH_MS = 2000;
const MAX_TOKENS = 10_000;

const NONE = Symbol('no such token');

export interface TokenCache {
  /**
   * The token in force behind this secret, or null.
   * @throws ConvError DATABASE_UNAVAILABLE for a secret not seen before, while PostgreSQL is away
   */
  find(secret: string): Promise<TokenView | null>;
}

/**
 * Remembers tokens for two seconds, and while PostgreSQL is away for as long as it is: then nobody can revoke one either, and
 * a webhook that comes with a token must not depend on PostgreSQL.
 */
export function cacheTokens(database: Database): TokenCache {
  const cache = new LRUCache<string, TokenView | typeof NONE, string>({
    max: MAX_TOKENS,
    ttl: FRESH_MS,
    allowStaleOnFetchRejection: true,
    noDeleteOnFetchRejection: true,
    fetchMethod: async (_key, _stale, { context: secret }) => (await findToken(database, secret)) ?? NONE,
  });
  return {
    async find(secret) {
      const key = createHash('sha256').update(secret).digest('base64');
      const token = await cache.fetch(key, { context: secret });
      return token === undefined || token === NONE || !isInForce(token) ? null : token;
    },
  };
}
