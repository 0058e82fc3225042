import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Panel {
  targets?: { expr: string }[];
  /** Those of a row. */
  panels?: Panel[];
}

const FILE = join(__dirname, '../../../docs/monitoring/grafana-dashboard.json');

const findExpressions = ({ targets = [], panels = [] }: Panel): string[] => [
  ...targets.map(({ expr }) => expr),
  ...panels.flatMap(findExpressions),
];

/**
 * Returns every expression of docs/monitoring/grafana-dashboard.json.
 * @param rateInterval takes the place of Grafana's `$__rate_interval`
 */
export function dashboardExpressions(rateInterval: string): string[] {
  const { panels } = JSON.parse(readFileSync(FILE, 'utf8')) as { panels: Panel[] };
  return findExpressions({ panels }).map((expr) => expr.replaceAll('$__rate_interval', rateInterval));
}
