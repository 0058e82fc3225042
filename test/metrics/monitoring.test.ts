import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { useDatabase } from '../support/database';
import { metricNames, publishing, readMetrics } from '../support/metrics';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';
import { observeProcess } from '../../src/metrics/process-gauges';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue, () => {
  const metrics = publishing('web', queue);
  observeProcess(metrics, { database: stores.database, clock: queue.applications.clock });
  return { metrics };
});

const DOCS = join(__dirname, '../../docs');
const read = (name: string) => readFileSync(join(DOCS, name), 'utf8');
const unique = (values: Iterable<string>) => [...new Set(values)].sort();

/** Returns the names of metrics in a text; those of a histogram's series without their endings. */
function namedMetrics(text: string): string[] {
  const names = [...text.matchAll(/\bconv_[a-z0-9_]+/g)].map(([name]) => name);
  return unique(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
}

function anchors(page: string): string[] {
  return [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const existing = () =>
  eventually(async () => {
    const names = metricNames(await readMetrics(web));
    return names.has('conv_http_requests_total') && [...names].filter((name) => name.startsWith('conv_'));
  });

it.each(['monitoring/grafana-dashboard.json', 'monitoring/alerts.yml', 'monitoring/alerts.test.yml'])(
  'names no metric in %s that does not exist',
  async (file) => {
    const names = await existing();
    expect(namedMetrics(read(file)).filter((name) => !names.includes(name))).toEqual([]);
  },
);

it('explains every metric, and no other', async () => {
  expect(namedMetrics(read('monitoring/README.md'))).toEqual(unique(await existing()));
});

it('has a test that provokes each alert', () => {
  const names = (file: string, pattern: RegExp) =>
    unique([...read(file).matchAll(pattern)].map(([, name = '']) => name));
  const provoked = names('monitoring/alerts.test.yml', /alertname="(\w+)"/g);
  expect(provoked).toEqual(names('monitoring/alerts.yml', /- alert: (\w+)/g));
});

it('leads from each alert to a section of docs/operations.md', () => {
  const rules = read('monitoring/alerts.yml');
  const links = [...rules.matchAll(/runbook_url: docs\/operations\.md#(\S+)/g)].map(
    ([, anchor = '']) => anchor,
  );
  const known = anchors(read('operations.md'));
  expect(links.filter((anchor) => !known.includes(anchor))).toEqual([]);
  expect(links).toHaveLength(rules.match(/- alert:/g)?.length ?? 0);
});
