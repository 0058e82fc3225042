import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import { withDeadline } from '../lib/shutdown';
import { findToken, isValid, type TokenView } from './token';

/** A revocation takes effect in every process within this time. */
const TTL_MS = 2000;
const MAX_TOKENS = 10_000;
/** Limits how long a webhook that carries a token waits for PostgreSQL. */
const QUERY_TIMEOUT_MS = 500;

export interface TokenCache {
  /**
   * Returns the valid token with this secret, or null.
   * @throws ConvError DATABASE_UNAVAILABLE when PostgreSQL is unavailable and the token is not in the cache
   */
  find(secret: string): Promise<TokenView | null>;
}

async function queryToken(database: Database, secret: string): Promise<TokenView | null> {
  const query = findToken(database, secret);
  if (await withDeadline(query, QUERY_TIMEOUT_MS)) return query;
  throw new ConvError('DATABASE_UNAVAILABLE', 'the database does not answer');
}

/**
 * Creates a cache that keeps tokens for two seconds. While PostgreSQL is unavailable it keeps them for as long as the outage
 * lasts, because webhooks with a token must work without PostgreSQL; tokens cannot be revoked then either. Invalid secrets are
 * not cached, so that guesses cannot evict tokens.
 */
export function cacheTokens(database: Database): TokenCache {
  const cache = new LRUCache<string, TokenView, string>({
    max: MAX_TOKENS,
    ttl: TTL_MS,
    fetchMethod: async (_key, stale, { context: secret }) => {
      try {
        return (await queryToken(database, secret)) ?? undefined;
      } catch (error) {
        if (stale === undefined) throw error;
        return stale;
      }
    },
  });
  return {
    async find(secret) {
      const key = hash('sha256', secret, 'base64');
      const token = await cache.fetch(key, { context: secret });
      if (token && isValid(token)) return token;
      cache.delete(key);
      return null;
    },
  };
}
