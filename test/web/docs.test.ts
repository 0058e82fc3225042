import { useDatabase } from '../support/database';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** Asks for a file of the page in this encoding. `fetch` decompresses the answer. */
const read = (path: string, encoding: string) =>
  fetch(web.url + path, { headers: { 'Accept-Encoding': encoding } });

async function listAssets(): Promise<string[]> {
  const html = await (await fetch(`${web.url}/docs`)).text();
  return [...html.matchAll(/(?:href|src)="(\/docs\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
}

it('GET /docs is an HTML page for everybody', async () => {
  const response = await fetch(`${web.url}/docs`);
  expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
});

it('the page has no inline script', async () => {
  const html = await (await fetch(`${web.url}/docs`)).text();
  const scripts = [...html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];
  expect(scripts.map(([, attributes, text]) => [attributes?.slice(0, 6), text])).toEqual([
    [' src="', ''],
    [' src="', ''],
  ]);
});

it('the page loads the style and the scripts of Swagger UI and its own', async () => {
  const names = (await listAssets()).map((path) => path.replace(/-[0-9a-f]{12}\./, '.'));
  expect(names).toEqual([
    '/docs/assets/swagger-ui.css',
    '/docs/assets/reference.css',
    '/docs/assets/swagger-ui-bundle.js',
    '/docs/assets/reference.js',
  ]);
});

it('caches may keep each file for ever', async () => {
  for (const path of await listAssets()) {
    const { status, headers } = await read(path, 'gzip');
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'public, max-age=31536000, immutable']);
  }
});

it('sends the same file compressed and uncompressed', async () => {
  for (const path of await listAssets()) {
    const compressed = await read(path, 'gzip');
    const plain = await read(path, 'identity');
    expect([compressed, plain].map(({ headers }) => headers.get('Content-Encoding'))).toEqual(['gzip', null]);
    expect(await plain.text()).toBe(await compressed.text());
  }
});

it('refuses a file with another checksum', async () => {
  const response = await fetch(`${web.url}/docs/assets/reference-000000000000.js`);
  await problemOf(response, 404, 'NOT_FOUND');
});

it.each(['..%2f..%2fpackage.json', '%2e%2e%2fpackage.json', 'reference.js'])('refuses %s', async (file) => {
  await problemOf(await fetch(`${web.url}/docs/assets/${file}`), 404, 'NOT_FOUND');
});
