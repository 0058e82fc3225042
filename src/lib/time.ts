const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d))?$/i;
const DURATION = /^(\d{1,6})([smhdw])$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Whether the API can show a time and PostgreSQL can store it: the years 1 to 9999. */
export function isStorable(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/** Parses an ISO 8601 time with a time zone, or a date (midnight in UTC); returns null for anything else. */
export function parseInstant(text: string): Date | null {
  const date = INSTANT.test(text) ? new Date(text) : null;
  if (date === null || !isStorable(date)) return null;
  // JavaScript turns 31 February into a day in March; such a date is a mistake and refused.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return Number(text.slice(8, 10)) === day.getUTCDate() ? date : null;
}

/** Parses `30s`, `15m`, `24h`, `7d` or `2w` into milliseconds; returns null for anything else. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  return amount === undefined || unit === undefined ? null : Number(amount) * (UNIT_MS[unit] ?? 0);
}

/**
 * Returns a stored time as the API shows it: `2026-01-31T09:30:00.500Z`.
 * @param moment a Date, or PostgreSQL's text in a session whose time zone is UTC (`2026-01-31 09:30:00.5+00`). The text is
 *   converted without a Date, which would take ten times as long for every row of a page.
 */
export function toIso(moment: Date | string): string {
  if (moment instanceof Date) return moment.toISOString();
  const milliseconds = moment.length > 22 ? moment.slice(20, -3) : '';
  return `${moment.slice(0, 10)}T${moment.slice(11, 19)}.${milliseconds.padEnd(3, '0')}Z`;
}
