import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { ConvError } from '../lib/errors';

/** How many unknown tokens an address may send in a minute. */
export const GUESSES_PER_MINUTE = 30;
const MINUTE_MS = 60_000;
/** Limits the memory; the address that guessed least recently is forgotten first. */
const MAX_ADDRESSES = 10_000;

/** Limits how many lookups of unknown tokens each address causes. */
export interface GuessLimit {
  /** Counts a lookup; returns false where the address has used up its lookups. */
  take(address: string): boolean;
  /** Takes back a lookup that was no guess: the token is valid, or the database did not answer. */
  giveBack(address: string): void;
  /** Returns the error for an address that has used up its lookups. */
  refuse(address: string): ConvError;
}

/** Returns what one client can hardly change: an IPv4 address, or the first 64 bits of an IPv6 address. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = [], tail] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = tail ? Array<string>(8 - head.length - tail.length).fill('0') : [];
  return [...head, ...zeros, ...(tail ?? [])].slice(0, 4).join(':');
}

/** Creates a limit that counts in the memory of this process. */
export function createGuessLimit(): GuessLimit {
  const used = new LRUCache<string, { count: number }>({ max: MAX_ADDRESSES, ttl: MINUTE_MS });
  return {
    take(address) {
      const network = networkOf(address);
      const counter = used.get(network);
      if (!counter) used.set(network, { count: 1 });
      else if (counter.count >= GUESSES_PER_MINUTE) return false;
      else counter.count += 1;
      return true;
    },
    giveBack(address) {
      const counter = used.get(networkOf(address));
      if (counter) counter.count -= 1;
    },
    refuse(address) {
      const retryAfterSeconds = Math.max(1, Math.ceil(used.getRemainingTTL(networkOf(address)) / 1000));
      return new ConvError(
        'RATE_LIMITED',
        `too many unknown tokens from this address: try again in ${retryAfterSeconds} s`,
        { retryAfterSeconds },
      );
    },
  };
}
