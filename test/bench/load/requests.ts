import { parseSecrets, sign } from '../../../src/lib/signature';
import { eventOf } from '../events';
import { SECRET } from '../processes';
import type { LoadJob } from './job';

const [KEY] = parseSecrets(SECRET);

function post(host: string, label: string, n: number): Buffer {
  if (!KEY) throw new Error('no key');
  const event = eventOf(label, n);
  const body = Buffer.from(JSON.stringify(event));
  const timestamp = Math.floor(Date.now() / 1000);
  const head =
    `POST /webhooks/applications HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
    `webhook-id: ${event.id}\r\nwebhook-timestamp: ${timestamp}\r\n` +
    `webhook-signature: ${sign(KEY, event.id, timestamp, body)}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function get(host: string, path: string, token: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
}

/** Returns the n-th request of a job, as bytes. */
export function requestOf({ url, send }: LoadJob, n: number): Buffer {
  const { host } = new URL(url);
  if (send.kind === 'posts') return post(host, send.label, send.from + n);
  return get(host, send.paths[n % send.paths.length] ?? '/', send.token);
}
