const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** Returns a number with at most one decimal: `0.4`, `12`, `5,000`. */
export function formatNumber(number: number): string {
  return number.toLocaleString('en', { maximumFractionDigits: Math.abs(number) < 10 ? 1 : 0 });
}

/** Returns a time in its largest fitting unit: `43 ms`, `2.4 s`, `5 min`; `–` for null. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return '–';
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ['s', 1];
  if (seconds > 0 && seconds < 1) return `${formatNumber(seconds * 1000)} ms`;
  return `${formatNumber(seconds / size)} ${unit}`;
}
