const FORM = /^([1-9]\d{0,8})\/([smh])$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** A number of requests allowed in a period. */
export interface Rate {
  count: number;
  seconds: number;
}

/** Parses `100/s`, `6000/m` or `10000/h`; returns null for anything else. */
export function parseRate(text: string): Rate | null {
  const [, count, unit] = FORM.exec(text) ?? [];
  const seconds = SECONDS[unit ?? ''];
  return count === undefined || seconds === undefined ? null : { count: Number(count), seconds };
}
