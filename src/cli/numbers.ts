/** Returns a number as a person reads it: `1,204`, `3.5`. */
export function formatNumber(number: number): string {
  return number.toLocaleString('en', { maximumFractionDigits: number < 10 ? 1 : 0 });
}

/** Returns a duration in its largest unit, rounded up: `12 s`, `5 min`, `1.5 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${formatNumber(seconds / 3600)} h`;
}
