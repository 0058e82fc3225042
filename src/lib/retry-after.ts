const LONGEST_MS = 24 * 3_600_000;

/**
 * Parses Retry-After, which is seconds or an HTTP date (RFC 9110, 10.2.3), to milliseconds from now, at most a day; null when it
 * is neither.
 */
export function parseRetryAfter(header: string | null | undefined): number | null {
  if (header === null || header === undefined) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_MS);
}
