/** Splits items into groups of this size; the last one may be smaller. */
export function groupsOf<T>(size: number, items: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(items.length / size) }, (_, n) => n * size);
  return starts.map((start) => items.slice(start, start + size));
}
