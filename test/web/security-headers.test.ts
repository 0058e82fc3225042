import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { basicAuth, call, post, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const board = async (path = '') => {
  const token = await tokenFor(stores, 'queues:admin');
  return fetch(`${web.url}/admin/queues${path}`, { headers: basicAuth(token) });
};

const responses: Record<string, () => Promise<Response>> = {
  'an accepted application': () => post(web, applicationEvent()),
  'a refused application': () => post(web, {}),
  'a list': () => call(web, 'GET', '/conversations'),
  'the API reference': () => fetch(`${web.url}/docs`),
  'an unknown path': () => call(web, 'GET', '/unknown'),
  'no credentials': () => fetch(`${web.url}/conversations`),
  'the queue board': () => board(),
  'a file of the queue board': () => board('/static/favicon.ico'),
};

describe.each(Object.keys(responses))('%s', (name) => {
  it('has the security headers and does not name the server software', async () => {
    const { headers } = (await responses[name]?.()) ?? {};
    expect(Object.fromEntries(headers ?? [])).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    for (const name of ['x-powered-by', 'server', 'access-control-allow-origin'])
      expect(headers?.get(name)).toBeNull();
  });
});

/** Returns the sources that a policy allows, by directive. */
function policySources({ headers }: Response): Map<string, string[]> {
  const directives = (headers.get('Content-Security-Policy') ?? '').split(';');
  return new Map(
    directives.map((directive) => {
      const [kind = '', ...sources] = directive.trim().split(' ');
      return [kind, sources];
    }),
  );
}

describe('the queue board under its policy', () => {
  it('loads nothing from other hosts', async () => {
    const policy = policySources(await board());
    expect(policy.get('default-src')).toEqual(["'none'"]);
    for (const [kind, sources] of policy)
      expect([
        kind,
        sources.filter((source) => !/^('self'|'none'|'unsafe-inline'|data:)$/.test(source)),
      ]).toEqual([kind, []]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
  });

  it('works without inline scripts and eval', async () => {
    const html = await (await board()).text();
    const scripts = [...html.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)];
    const inline = scripts.filter(
      ([, attributes = '', text = '']) => !attributes.includes('application/json') && text.trim() !== '',
    );
    const files = scripts.flatMap(([, attributes = '']) => /src="([^"]+)"/.exec(attributes)?.[1] ?? []);
    expect(inline).toEqual([]);
    expect(html).not.toMatch(/\son\w+="/);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(new URL(file, `${web.url}/admin/queues/`).origin).toBe(web.url);
      expect(await (await board(`/${file}`)).text()).not.toMatch(/\beval\(|new Function\(/);
    }
  });
});
