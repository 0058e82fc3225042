import { readFile } from 'node:fs/promises';
import { openSession, readPage, type Visit } from '../support/admin';
import { createFailed } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

let visit: Visit;
let html: string;
beforeAll(async () => {
  visit = await openSession(web, await tokenFor(stores, 'queues:admin'));
  html = await (await visit('/admin/operations')).text();
});

const values = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, value = '']) => value);
const anchors = () => values(html, / id="([^"]+)"/g);

it('needs a login', async () => {
  const response = await fetch(`${web.url}/admin/operations`, {
    headers: { Accept: 'text/html' },
    redirect: 'manual',
  });
  expect(response.headers.get('Location')).toBe('/admin/login?next=%2Fadmin%2Foperations');
});

it('leads only to its own sections and to other hosts', () => {
  const links = values(html.slice(html.indexOf('<main')), / href="([^"]+)"/g);
  const inside = links.filter((link) => !link.startsWith('https://'));
  expect(inside.length).toBeGreaterThan(20);
  expect(inside.filter((link) => !anchors().includes(link.replace('#', '')))).toEqual([]);
});

it('has every section that an alert names', async () => {
  const alerts = await readFile('docs/monitoring/alerts.yml', 'utf8');
  const sections = values(alerts, /docs\/operations\.md#(\S+)/g);
  expect(sections.length).toBeGreaterThan(20);
  expect(sections.filter((section) => !anchors().includes(section))).toEqual([]);
});

it('is where the overview leads when something is wrong', async () => {
  await createFailed(stores);
  const overview = await (await visit('/admin')).text();
  const [link = ''] = values(overview, /href="(\/admin\/operations#[^"]+)"/g);
  const [path, section = ''] = link.split('#');
  expect([path, anchors().includes(section)]).toEqual(['/admin/operations', true]);
  expect(await readPage(await visit('/admin'))).toContain('See Applications are FAILED');
});
