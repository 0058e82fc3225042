import { performance } from 'node:perf_hooks';
import { LRUCache } from 'lru-cache';
import { ConvError } from '../lib/errors';
import { isUuid } from '../lib/ids';
import type { Database } from '../models/connect';
import { withinDeadline } from '../lib/shutdown';
import { createGuessLimit } from './guess-limit';
import {
  findToken,
  findTokenById,
  hashToken,
  isToken,
  isValid,
  listValidTokens,
  type StoredToken,
  type TokenView,
} from './token';

/** A revocation takes effect in every process within this time. */
const TTL_MS = 2000;
const MAX_TOKENS = 10_000;
/** Limits how long a webhook that carries a token waits for PostgreSQL. */
const QUERY_TIMEOUT_MS = 500;
/** While an address is limited, all valid tokens are loaded this often: a new one is refused for no longer. */
const LOAD_EVERY_MS = 10_000;

export interface TokenCache {
  /**
   * Returns the valid token with this secret, or null.
   * @param address the client's; its unknown tokens are limited, tokens that are known here are not
   * @throws ConvError DATABASE_UNAVAILABLE when PostgreSQL is unavailable and the token is not in the cache; RATE_LIMITED
   */
  find(secret: string, address: string): Promise<TokenView | null>;
  /** Returns the valid token with this id, for a session; otherwise like `find`. */
  findById(id: string, address: string): Promise<StoredToken | null>;
}

/** Looks a token up in PostgreSQL. */
type Query = () => Promise<StoredToken | null>;

const databaseLate = () => new ConvError('DATABASE_UNAVAILABLE', 'the database does not answer');

/** Creates the cache itself. */
function createCache(): LRUCache<string, StoredToken, Query> {
  return new LRUCache<string, StoredToken, Query>({
    max: 2 * MAX_TOKENS, // By secret and by id.
    ttl: TTL_MS,
    fetchMethod: async (_key, stale, { context: query }) => {
      try {
        return (await withinDeadline(query(), QUERY_TIMEOUT_MS, databaseLate)) ?? undefined;
      } catch (error) {
        if (stale === undefined) throw error;
        return stale;
      }
    },
  });
}

/**
 * Creates a cache that keeps tokens for two seconds. While PostgreSQL is unavailable it keeps them for as long as the outage
 * lasts, because webhooks with a token must work without PostgreSQL; tokens cannot be revoked then either. Invalid secrets are
 * not cached, so that guesses cannot evict tokens.
 *
 * Guesses must not use up the connections that readers need, so each address has few lookups of unknown tokens. Clients behind
 * one proxy share them, so a limited address is refused only after all valid tokens were loaded.
 */
export function cacheTokens(database: Database, loadEveryMs = LOAD_EVERY_MS): TokenCache {
  const cache = createCache();
  const guesses = createGuessLimit();
  const lookups = new Map<string, Promise<StoredToken | null>>();
  let loading: Promise<void> = Promise.resolve();
  let loadedAt = -Infinity;

  const isKnown = (key: string) => cache.peek(key, { allowStale: true }) !== undefined;

  async function load(): Promise<void> {
    const valid = listValidTokens(database, MAX_TOKENS);
    const tokens = await withinDeadline(valid, QUERY_TIMEOUT_MS, databaseLate);
    for (const stored of tokens) {
      cache.set(stored.hash, stored);
      cache.set(stored.token.id, stored);
    }
  }

  function loadOccasionally(): Promise<void> {
    if (performance.now() - loadedAt >= loadEveryMs) {
      loadedAt = performance.now();
      loading = load();
    }
    return loading;
  }

  async function lookUp(key: string, query: Query): Promise<StoredToken | null> {
    const stored = await cache.fetch(key, { context: query });
    if (stored && isValid(stored.token)) return stored;
    cache.delete(key);
    return null;
  }

  async function lookUpUnknown(key: string, query: Query, address: string): Promise<StoredToken | null> {
    let isGuess = false;
    try {
      const stored = await lookUp(key, query);
      isGuess = stored === null;
      return stored;
    } finally {
      if (!isGuess) guesses.giveBack(address);
    }
  }

  async function find(key: string, query: Query, address: string): Promise<StoredToken | null> {
    // Requests that bring the same token at once share one lookup, so they are one guess.
    const underWay = lookups.get(key);
    if (underWay) return underWay;
    if (isKnown(key)) return lookUp(key, query);
    if (guesses.take(address)) {
      const lookup = lookUpUnknown(key, query, address).finally(() => lookups.delete(key));
      lookups.set(key, lookup);
      return lookup;
    }
    await loadOccasionally();
    if (isKnown(key)) return lookUp(key, query);
    throw guesses.refuse(address);
  }

  return {
    async find(secret, address) {
      if (!isToken(secret)) return null;
      const stored = await find(hashToken(secret), () => findToken(database, secret), address);
      return stored?.token ?? null;
    },
    async findById(id, address) {
      return isUuid(id) ? find(id, () => findTokenById(database, id), address) : null;
    },
  };
}
