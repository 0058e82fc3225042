import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Router from '@koa/router';
import { SCOPES, type Scope } from '../../src/lib/domain';
import { createApp } from '../../src/web/app';
import { openapi, paths } from '../../src/web/openapi/document';
import { useDatabase } from '../support/database';
import { problemOf } from '../support/problem';
import { silentLog, useQueue } from '../support/queue';
import { basicAuth, call, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const FILE = join(__dirname, '../../docs/openapi.json');

const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
);

it('is served to everybody', async () => {
  const response = await fetch(`${web.url}/openapi.json`);
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openapi)));
});

it('equals docs/openapi.json (npm run openapi writes it)', async () => {
  const text = `${JSON.stringify(openapi, null, 2)}\n`;
  if (process.env['UPDATE_OPENAPI']) await writeFile(FILE, text);
  expect(await readFile(FILE, 'utf8')).toBe(text);
});

it('describes exactly the routes that exist', () => {
  const deps = { ...stores, queue: queue.applications, push: queue.push, log: silentLog, rateLimit: null };
  const app = createApp({ ...deps, stopping: new AbortController().signal } as never);
  const router = app.middleware.flatMap((one) => ('router' in one ? [one.router as Router] : []))[0];
  const existing = (router?.stack ?? []).flatMap(({ path, methods }) =>
    methods
      .filter((name) => name !== 'HEAD')
      .map((name) => `${name} ${String(path).replace(/:(\w+)/g, '{$1}')}`),
  );
  const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  // Bull Board is a middleware and no route of the router.
  expect(described.filter((name) => name !== 'GET /admin/queues').sort()).toEqual(existing.sort());
});

function isAllowed(status: number): boolean {
  return status !== 401 && status !== 403;
}

/** Returns the scopes with which alone an operation is allowed. */
async function acceptedScopes(method: string, path: string): Promise<Scope[]> {
  const accepted: Scope[] = [];
  for (const scope of SCOPES) {
    const token = await tokenFor(stores, scope);
    const authorization = path.startsWith('/admin') ? basicAuth(token) : { Authorization: `Bearer ${token}` };
    const headers = { 'Content-Type': 'application/json', ...authorization };
    const body = method === 'get' ? {} : { body: '{}' };
    const url = web.url + path.replace('{id}', 'unknown');
    const { status } = await fetch(url, { method: method.toUpperCase(), headers, ...body });
    if (isAllowed(status)) accepted.push(scope);
  }
  return accepted;
}

it.each(operations.filter(({ operation }) => operation.security.length > 0))(
  'names the scopes that are accepted: $method $path',
  async ({ method, path, operation }) => {
    const described = operation.security.flatMap(({ token = [], password = [] }) => [...token, ...password]);
    expect(await acceptedScopes(method, path)).toEqual(described);
  },
);

it.each(operations.filter(({ operation }) => operation.parameters?.some((one) => one.in === 'query')))(
  'describes exactly the parameters that are known: $method $path',
  async ({ method, path, operation }) => {
    const body = method === 'get' ? undefined : {};
    const response = await call(web, method.toUpperCase(), `${path.replace('{id}', 'unknown')}?zz=1`, body);
    const { detail } = await problemOf(response, 422, 'INVALID');
    const [, known = ''] = detail.split('is unknown: expected ');
    const described = (operation.parameters ?? [])
      .filter((one) => one.in === 'query')
      .map(({ name }) => name);
    expect(known.split(/, | or /).sort()).toEqual(described.sort());
  },
);
