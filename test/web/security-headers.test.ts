import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { call, post, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const board = async (path = '') => {
  const token = await tokenFor(stores, 'queues:admin');
  const headers = { Authorization: `Basic ${Buffer.from(`me:${token}`).toString('base64')}` };
  return fetch(`${web.url}/admin/queues${path}`, { headers });
};

const answers: Record<string, () => Promise<Response>> = {
  'an accepted application': () => post(web, applicationEvent()),
  'a refused one': () => post(web, {}),
  'a list': () => call(web, 'GET', '/conversations'),
  'an error of the caller': () => call(web, 'GET', '/nowhere'),
  'no credentials': () => fetch(`${web.url}/conversations`),
  'the queue board': () => board(),
  'a file of it': () => board('/static/favicon.ico'),
};

describe.each(Object.keys(answers))('%s', (name) => {
  it('is read as what it says it is, framed by nobody, and says nothing of what made it', async () => {
    const { headers } = (await answers[name]?.()) ?? {};
    expect(Object.fromEntries(headers ?? [])).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    for (const telling of ['x-powered-by', 'server', 'access-control-allow-origin'])
      expect(headers?.get(telling)).toBeNull();
  });
});

/** What a policy lets a browser load, by kind. */
function policyOf({ headers }: Response): Map<string, string[]> {
  const directives = (headers.get('Content-Security-Policy') ?? '').split(';');
  return new Map(
    directives.map((directive) => {
      const [kind = '', ...sources] = directive.trim().split(' ');
      return [kind, sources];
    }),
  );
}

describe('the queue board under its policy', () => {
  it('asks nothing of another host: no source but its own, and nothing by default', async () => {
    const policy = policyOf(await board());
    expect(policy.get('default-src')).toEqual(["'none'"]);
    for (const [kind, sources] of policy)
      expect([
        kind,
        sources.filter((source) => !/^('self'|'none'|'unsafe-inline'|data:)$/.test(source)),
      ]).toEqual([kind, []]);
    expect(policy.get('script-src')).toEqual(["'self'"]);
  });

  it('still has all it needs: its scripts are files of its own, none is inline', async () => {
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
