import type { TestWeb } from './web';

/** A request of a browser to the operator's pages; redirects are not followed. */
export type Visit = (
  path: string,
  init?: { method?: string; headers?: Record<string, string>; body?: URLSearchParams },
) => Promise<Response>;

/** Posts a form as a page of conv itself does. */
export function submit(
  web: TestWeb,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(web.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'same-origin', Origin: web.url, ...headers },
    body: new URLSearchParams(fields),
  });
}

/** The fields of a form; a field may be repeated. */
export type Fields = Record<string, string> | string[][];

/** Posts a form in a session, as a page of conv itself does. */
export const submitIn = (
  web: TestWeb,
  session: Visit,
  path: string,
  fields: Fields,
  headers: Record<string, string> = { Origin: web.url, 'Sec-Fetch-Site': 'same-origin' },
): Promise<Response> => {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  const body = new URLSearchParams(pairs.map(([name = '', value = '']): [string, string] => [name, value]));
  return session(path, { method: 'POST', headers, body });
};

/** Logs in, without a check that it worked. */
export const logIn = (web: TestWeb, token: string, next = '/admin/find'): Promise<Response> =>
  submit(web, '/admin/login', { token, next });

/** Returns the session cookie of a response, as a browser sends it back. */
export function cookieOf(response: Response): string {
  const [cookie = ''] = response.headers.getSetCookie();
  return cookie.split(';')[0] ?? '';
}

/** Logs in and returns a function that opens pages in the session. */
export async function openSession(web: TestWeb, token: string): Promise<Visit> {
  const cookie = cookieOf(await logIn(web, token));
  return (path, init = {}) =>
    fetch(web.url + path, { redirect: 'manual', ...init, headers: { Cookie: cookie, ...init.headers } });
}

/** Returns the text of HTML without its markup, as a person reads it. */
export function plainText(html: string): string {
  const text = html.replaceAll(/<[^<>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#x27': "'", amp: '&' };
  return text.replaceAll(/&(lt|gt|quot|#x27|amp);/g, (_, name: string) => entities[name] ?? '').trim();
}

/** Returns a time as the pages show it. */
export const shownTime = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** Returns a page's text without its markup. */
export async function readPage(response: Response): Promise<string> {
  expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
  return plainText(/<main[^>]*>([^]*)<\/main>/.exec(await response.text())?.[1] ?? '');
}

/** Yields the text of each content that a stream sends. */
export async function* readLive(response: Response): AsyncGenerator<string> {
  expect(response.headers.get('Content-Type')).toMatch(/^text\/event-stream/);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body ?? []) {
    const frames = (rest + decoder.decode(bytes as Uint8Array, { stream: true })).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames)
      if (frame.startsWith('data: ')) yield plainText(JSON.parse(frame.slice('data: '.length)) as string);
  }
}
