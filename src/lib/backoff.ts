/**
 * Returns a pause that doubles with each attempt, at most `longestMs`. Up to a half is taken off at random, so that many callers do
 * not come back at the same moment.
 * @param attempts how many attempts failed before; 0 gives about `firstMs`
 */
export function backoffMs(firstMs: number, attempts: number, longestMs: number): number {
  const full = Math.min(firstMs * 2 ** attempts, longestMs);
  return Math.round(full * (0.5 + Math.random() / 2));
}
