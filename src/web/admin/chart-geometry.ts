/** The size of a chart in its own units. A phone shows about one pixel for each, so that its text can be read there. */
export const SIZE = { width: 360, height: 190 };
/** Where the lines are; the numbers are at its left, the names of the lines at its right, and the times below. */
export const PLOT = { left: 56, right: 294, top: 12, bottom: 162 };
/** Names of lines that are closer than this overlap. */
const NAME_HEIGHT = 14;
/** Limits that can be halved without odd decimals. */
const LIMITS = [1, 2, 4, 6, 8, 10];

/** One value of a line; null where it is interrupted. */
export interface ChartPoint {
  at: number;
  value: number | null;
}

/** Places a time and a value in the plot. */
export interface Scale {
  x: (at: number) => number;
  y: (value: number) => number;
}

const round = (position: number): number => Math.round(position * 10) / 10;

/** Returns a round number that is at least this value, for the upper end of an axis. */
export function findLimit(highest: number): number {
  if (highest <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(highest));
  return (LIMITS.find((limit) => limit * unit >= highest) ?? 10) * unit;
}

export function createScale(from: number, to: number, limit: number): Scale {
  const { left, right, top, bottom } = PLOT;
  return {
    x: (at) => round(left + ((at - from) / (to - from)) * (right - left)),
    y: (value) => round(bottom - (value / limit) * (bottom - top)),
  };
}

/** Returns the path of a line, interrupted where a value is null. A value between two gaps is a dot. */
export function drawPath(points: readonly ChartPoint[], { x, y }: Scale): string {
  let isDrawing = false;
  const steps = points.map(({ at, value }) => {
    const wasDrawing = isDrawing;
    isDrawing = value !== null;
    if (value === null) return '';
    return wasDrawing ? `L${x(at)} ${y(value)}` : `M${x(at)} ${y(value)}h0`;
  });
  return steps.join('');
}

/** Moves the second of two names away from the first one if they would overlap, inside the plot. */
export function separateNames([first, second]: readonly number[]): number[] {
  if (first === undefined) return [];
  if (second === undefined) return [first];
  if (Math.abs(first - second) >= NAME_HEIGHT) return [first, second];
  const middle = (first + second) / 2;
  const upper = Math.min(Math.max(middle - NAME_HEIGHT / 2, PLOT.top), PLOT.bottom - NAME_HEIGHT);
  const [low, high] = [upper, upper + NAME_HEIGHT];
  return first <= second ? [low, high] : [high, low];
}
