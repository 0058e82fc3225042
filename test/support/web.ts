import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { SCOPES, type ApplicationView, type Scope } from '../../src/lib/domain';
import { openFeedHub } from '../../src/events/feed-hub';
import { watchQueueCapacity } from '../../src/queue/capacity';
import { createSecret, parseSecrets } from '../../src/lib/signature';
import { createToken } from '../../src/tokens/token';
import { createApp } from '../../src/web/app';
import { listen } from '../../src/web/listen';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { silentLog, type TestQueue } from './queue';

export interface TestWeb {
  url: string;
  secret: string;
  /** A token with every scope. */
  token: string;
}

/** A signed delivery, by the reference implementation of Standard Webhooks and not by our own. */
export function signed(secret: string, body: string, at = new Date()): Record<string, string> {
  const id = `msg_${randomUUID()}`;
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Posts an event as a sender would. */
export function post(web: TestWeb, event: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify(event);
  return fetch(`${web.url}/webhooks/applications`, {
    method: 'POST',
    headers: { ...signed(web.secret, body), ...headers },
    body,
  });
}

/** Calls the API with the token that has every scope. */
export function call(web: TestWeb, method: string, path: string, body?: unknown): Promise<Response> {
  const headers = { Authorization: `Bearer ${web.token}`, 'Content-Type': 'application/json' };
  return fetch(web.url + path, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

export async function readApplication(web: TestWeb, id: string): Promise<ApplicationView> {
  const response = await call(web, 'GET', `/applications/${encodeURIComponent(id)}`);
  if (!response.ok) throw new Error(`GET application: ${response.status} ${await response.text()}`);
  return (await response.json()) as ApplicationView;
}

/** A token with these scopes alone. */
export async function tokenFor({ database }: TestDatabase, ...scopes: Scope[]): Promise<string> {
  return (await createToken(database, { name: scopes.join(' '), scopes, expiresAt: null })).token;
}

/** The web application on a free port, in this process, with the real stores of this test file. */
export function useWeb(stores: TestDatabase, queue: TestQueue): TestWeb {
  const test = {} as TestWeb;
  let close: () => Promise<void>;
  beforeAll(async () => {
    const secret = createSecret();
    const stopping = new AbortController();
    const hub = openFeedHub(stores.database, stores.url, silentLog);
    const room = watchQueueCapacity(queue.applications, 1_000_000, silentLog);
    const deps = {
      database: stores.database,
      queue: queue.applications,
      push: queue.push,
      hub,
      room,
      rateLimit: null,
      log: silentLog,
      webhookSecrets: parseSecrets(secret),
      stopping: stopping.signal,
    };
    const server = await listen(createApp(deps), 0, '127.0.0.1');
    close = async () => {
      stopping.abort();
      await server.close();
      await Promise.all([room.close(), hub.close()]);
    };
    Object.assign(test, { url: server.url, secret, token: await tokenFor(stores, ...SCOPES) });
  });
  atEnd(() => close());
  return test;
}
