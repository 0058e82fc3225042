import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { GUIDES } from '../../src/web/docs/guides';
import { findBlocks } from '../docs/support/samples';
import { FEED_EVENT_TYPES } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { post, signed, useWeb } from '../support/web';

const web = useWeb(useDatabase(), useQueue());

const FOLDER = join(__dirname, '../../docs/guides');
const names = GUIDES.map(({ name }) => name);

async function readPage(path: string): Promise<string> {
  const response = await fetch(web.url + path);
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
}

const readGuide = (name: string) => readPage(`/docs/guides/${name}`);

function attributes(html: string, name: 'href' | 'id'): string[] {
  const values = name === 'href' ? html.matchAll(/ href="([^"]*)"/g) : html.matchAll(/ id="([^"]*)"/g);
  return [...values].map(([, value = '']) => value);
}

it('serves every file in docs/guides', async () => {
  const files = await readdir(FOLDER);
  expect(files.sort()).toEqual(names.map((name) => `${name}.md`).sort());
});

it('is 404 for an unknown guide, and names those that exist', async () => {
  const problem = await problemOf(await fetch(`${web.url}/docs/guides/unknown`), 404, 'NOT_FOUND');
  expect(problem.detail).toBe(`there is no guide "unknown": expected ${names.join(', ')}`);
});

describe.each(GUIDES)('$name', ({ name, title }) => {
  it('has its title as heading, and marks itself in the navigation', async () => {
    const html = await readGuide(name);
    expect([...html.matchAll(/<h1[^>]*>(.*)<\/h1>/g)].map(([, text]) => text)).toEqual([title]);
    const current = [...html.matchAll(/<a href="([^"]*)" aria-current="page">/g)];
    expect(current.map(([, href]) => href)).toEqual([`/docs/guides/${name}`]);
  });

  it('obeys the Content-Security-Policy: no script, no file of another host', async () => {
    const html = await readGuide(name);
    expect(html).not.toMatch(/<script|<img|<iframe|\son\w+="|@import|url\(/i);
    expect([...html.matchAll(/<link [^>]*>/g)].map(String)).toEqual(['<link rel="icon" href="data:,">']);
  });

  it('has an anchor for every link within the guides', async () => {
    const html = await readGuide(name);
    const own = attributes(html, 'id');
    expect(own).toEqual([...new Set(own)]);
    for (const href of attributes(html, 'href').filter((one) => one.includes('#'))) {
      const [path = '', anchor = ''] = href.split('#');
      const ids = path === '' ? own : attributes(await readPage(path), 'id');
      expect([href, ids.includes(anchor)]).toEqual([href, true]);
    }
  });

  it('links only to pages that conv serves, and to https', async () => {
    const hrefs = attributes(await readGuide(name), 'href').filter((href) => !/^(#|https:|data:)/.test(href));
    expect(hrefs).toContain('/docs');
    for (const href of new Set(hrefs)) await readPage(href);
  });
});

async function signedRequest(): Promise<string> {
  const blocks = findBlocks(await readGuide('first-webhook'));
  return blocks.find(({ language }) => language === 'http')?.text ?? '';
}

it('shows the same signed request in README', async () => {
  expect(await readFile(join(FOLDER, '../../README.md'), 'utf8')).toContain(await signedRequest());
});

it('shows a signature that the fixed values give', async () => {
  const html = await readGuide('first-webhook');
  const request = await signedRequest();
  const [head = '', body = ''] = request.trimEnd().split('\n\n');
  const headers = Object.fromEntries(
    head
      .split('\n')
      .slice(1)
      .map((line) => line.split(': ') as [string, string]),
  );
  const secret = /whsec_[\w+/]{32}/.exec(html)?.[0] ?? '';
  const { 'webhook-id': id = '', 'webhook-timestamp': seconds = '' } = headers;
  expect(headers['webhook-signature']).toBe(
    new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), body),
  );
  expect(headers['Content-Length']).toBe(String(Buffer.byteLength(body)));
  expect(findBlocks(html).map(({ text }) => text.trimEnd())).toContain(`${id}.${seconds}.${body}`);
});

it('names every type of event of the feed', async () => {
  const file = await readFile(join(FOLDER, 'follow-events.md'), 'utf8');
  const [, table = ''] = /## What the feed holds\n([^]*?)\n## /.exec(file) ?? [];
  const types = [...table.matchAll(/^\| `([a-z]+\.[a-z]+)`/gm)].map(([, type]) => type);
  expect(types.sort()).toEqual([...FEED_EVENT_TYPES].sort());
});

const old = String(Math.floor(Date.now() / 1000) - 1000);
it.each([
  ['a signature without its headers', { 'webhook-id': '' }],
  ['a timestamp that is no whole number', { 'webhook-timestamp': '1700000000.5' }],
  ['an old timestamp', { 'webhook-timestamp': old }],
  ['a signature without a version', { 'webhook-signature': 'AAAA' }],
  ['another signature', { 'webhook-signature': 'v1,AAAA' }],
])('explains the 401 for %s', async (_title, headers) => {
  const { detail } = await problemOf(await post(web, {}, headers), 401, 'NOT_AUTHENTIC');
  expect(await readFile(join(FOLDER, 'first-webhook.md'), 'utf8')).toContain(`| ${detail} `);
});

it('signs with a webhook-id that has a dot, which conv accepts', async () => {
  const body = JSON.stringify(applicationEvent());
  const now = new Date();
  const id = 'msg.1';
  const response = await fetch(`${web.url}/webhooks/applications`, {
    method: 'POST',
    headers: {
      ...signed(web.secret, body, now),
      'webhook-id': id,
      'webhook-signature': new Webhook(web.secret).sign(id, now, body),
    },
    body,
  });
  expect(response.status).toBe(202);
});

it('reads from the file what GitHub shows', async () => {
  const file = await readFile(join(FOLDER, 'first-webhook.md'), 'utf8');
  const fenced = [...file.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
    language,
    text,
  }));
  expect(findBlocks(await readGuide('first-webhook'))).toEqual(fenced);
});
