import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RULES = readFileSync(join(__dirname, '../../../docs/monitoring/alerts.yml'), 'utf8');

/** The names of all alerts in docs/monitoring/alerts.yml, sorted. */
export const ALERTS: readonly string[] = [...RULES.matchAll(/- alert: (\w+)/g)]
  .map(([, name = '']) => name)
  .sort();

/**
 * Returns the alert rules with a minute that lasts a second: `for: 5m` becomes `for: 5s`, `rate(…[15m])` becomes `rate(…[15s])`, and an age of
 * more than 300 seconds becomes one of more than 5. Nothing else is changed. Limits of less than ten seconds are no ages, but the lag of an event
 * loop and the error of a clock, which a minute that lasts a second does not make smaller.
 */
export function compressedRules(): string {
  return RULES.replace(/(\bfor: |\[)(\d+)m\b/g, '$1$2s').replace(
    /^( *expr: .*_seconds.* > )(\d{2,})$/gm,
    (_, start: string, limit: string) => start + String(Number(limit) / 60),
  );
}
