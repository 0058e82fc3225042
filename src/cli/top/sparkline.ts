const BLOCKS = '▁▂▃▄▅▆▇█';
const GAP = ' ';

/**
 * Returns a line of blocks, one for each value, as high as the value is beside the highest one. The lowest block is for 0 only.
 * @param values the newest last; null is a gap
 * @param width only as many of the newest are shown
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const highest = Math.max(0, ...shown.map((value) => value ?? 0));
  return shown
    .map((value) => (value === null ? GAP : BLOCKS.charAt(Math.ceil((value / (highest || 1)) * 7))))
    .join('');
}
