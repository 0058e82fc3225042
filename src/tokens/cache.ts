import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import { withDeadline } from '../lib/shutdown';
import { findToken, isInForce, type TokenView } from './token';

/** A revocation takes effect on every process within this. */
const FRESH_MS = 2000;
const MAX_TOKENS = 10_000;
/** A webhook that comes with a token does not wait longer than this for PostgreSQL. */
const LOOK_UP_WITHIN_MS = 500;

export interface TokenCache {
  /**
   * The token in force behind this secret, or null.
   * @throws ConvError DATABASE_UNAVAILABLE for a secret not seen before, while PostgreSQL is away
   */
  find(secret: string): Promise<TokenView | null>;
}

async function lookUp(database: Database, secret: string): Promise<TokenView | null> {
  const found = findToken(database, secret);
  if (await withDeadline(found, LOOK_UP_WITHIN_MS)) return found;
  throw new ConvError('DATABASE_UNAVAILABLE', 'the database does not answer');
}

/**
 * Remembers tokens for two seconds, and while PostgreSQL is away for as long as it is: then nobody can revoke one either, and
 * a webhook that comes with a token must not depend on PostgreSQL. What is no token is not remembered, so that guesses do not
 * push real ones out.
 */
export function cacheTokens(database: Database): TokenCache {
  const cache = new LRUCache<string, TokenView, string>({
    max: MAX_TOKENS,
    ttl: FRESH_MS,
    fetchMethod: async (_key, known, { context: secret }) => {
      try {
        return (await lookUp(database, secret)) ?? undefined;
      } catch (error) {
        if (known === undefined) throw error;
        return known;
      }
    },
  });
  return {
    async find(secret) {
      const key = hash('sha256', secret, 'base64');
      const token = await cache.fetch(key, { context: secret });
      if (token && isInForce(token)) return token;
      cache.delete(key);
      return null;
    },
  };
}
