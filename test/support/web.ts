import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { SCOPES, type ApplicationView, type Scope } from '../../src/lib/domain';
import { createMetrics } from '../../src/metrics/metrics';
import { openFeedHub } from '../../src/events/feed-hub';
import { watchQueueCapacity } from '../../src/queue/capacity';
import { parseSenders } from '../../src/lib/senders';
import { createSecret } from '../../src/lib/signature';
import { createToken } from '../../src/tokens/token';
import { createApp } from '../../src/web/app';
import type { WebDeps } from '../../src/web/context';
import { HTTP_LIMITS, listen } from '../../src/web/listen';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { recordHttp } from './openapi/record';
import { silentLog, type TestQueue } from './queue';

/** A running web application. */
export interface TestWeb {
  url: string;
  /** A webhook secret that it accepts, unless a test configures others. */
  secret: string;
  /** A token with every scope. */
  token: string;
}

/** Returns the headers of a signed delivery, made by the reference implementation of Standard Webhooks. */
export function signed(secret: string, body: string, at = new Date()): Record<string, string> {
  const id = `msg_${randomUUID()}`;
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Posts a signed event. */
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

/** Creates a token with exactly these scopes. */
export async function tokenFor({ database }: TestDatabase, ...scopes: Scope[]): Promise<string> {
  return (await createToken(database, { name: scopes.join(' '), scopes, expiresAt: null })).token;
}

/** Returns HTTP Basic credentials for the queue board. */
export function basicAuth(token: string, user = 'operator'): { Authorization: string } {
  return { Authorization: `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
}

/**
 * Runs a web application on a free port, in this process, on the real stores of this test file.
 * @param overrides replaces some of its dependencies
 */
export function useWeb(
  stores: TestDatabase,
  queue: TestQueue,
  overrides: () => Partial<WebDeps> = () => ({}),
): TestWeb {
  const web = {} as TestWeb;
  const compareWithDescription = recordHttp();
  let close: () => Promise<void>;
  beforeAll(async () => {
    const secret = createSecret();
    const stopping = new AbortController();
    const hub = openFeedHub(stores.database, stores.url, silentLog);
    const capacity = watchQueueCapacity(queue.applications, 1_000_000, silentLog);
    const deps: WebDeps = {
      database: stores.database,
      replica: null,
      queue: queue.applications,
      push: queue.push,
      hub,
      redisWarnings: () => [],
      capacity,
      rateLimit: null,
      metrics: createMetrics('web'),
      log: silentLog,
      senders: parseSenders(secret),
      stopping: stopping.signal,
    };
    const limits = { ...HTTP_LIMITS, keepAliveTimeoutMs: 1000 }; // Tests need not wait for connections that fetch keeps.
    const all = { ...deps, ...overrides() };
    const app = createApp(all);
    compareWithDescription(app);
    const server = await listen(app, 0, '127.0.0.1', limits);
    close = async () => {
      stopping.abort();
      await server.close();
      await Promise.all([capacity.close(), hub.close()]);
    };
    const sender = all.senders[0]?.name ?? undefined;
    const request = { name: 'every scope', scopes: SCOPES, sender, expiresAt: null };
    Object.assign(web, {
      url: server.url,
      secret,
      token: (await createToken(stores.database, request)).token,
    });
  });
  atEnd(() => close());
  return web;
}
