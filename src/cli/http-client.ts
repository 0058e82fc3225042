import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApplicationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { parseSecrets, sign } from '../lib/signature';

/** Longer than conv takes for any answer. */
const REQUEST_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 100;

/** What conv answered to an application event. */
export interface SendResult {
  status: number;
  /** Present if the status is 202. */
  application?: ApplicationView;
  redelivered: boolean;
  /** The error in one line, if the status is not 202. */
  problem?: string;
}

async function sendRequest(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  } catch (cause) {
    const detail = `cannot reach conv at ${url.origin}: start the local stack with \`npm start\`, or check --url`;
    throw new ConvError('NOT_READY', detail, { cause });
  }
}

async function readProblem(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { detail, title } = JSON.parse(text) as { detail?: string; title?: string };
    return detail ?? title ?? text;
  } catch {
    return text.slice(0, 200); // Not an answer of conv, for example one of a proxy.
  }
}

/**
 * Posts an application event as a sender does, with a new Standard Webhooks signature.
 * @param secret `whsec_…`
 * @throws ConvError NOT_READY if conv cannot be reached
 */
export async function sendEvent(baseUrl: string, secret: string, body: string): Promise<SendResult> {
  const [key] = parseSecrets(secret);
  if (!key) throw new ConvError('INVALID', 'no webhook secret: pass one with --secret');
  const id = `msg_${randomUUID()}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const response = await sendRequest(new URL('/webhooks/applications', baseUrl), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(key, id, timestamp, Buffer.from(body)),
    },
    body,
  });
  const { status } = response;
  const redelivered = response.headers.get('Idempotent-Replayed') === 'true';
  if (status !== 202) return { status, redelivered, problem: await readProblem(response) };
  return { status, redelivered, application: (await response.json()) as ApplicationView };
}

/**
 * Reads a resource of the API with a token.
 * @throws ConvError NOT_READY if conv cannot be reached; Error with conv's own explanation for any status but 2xx
 */
export async function getResource<T>(baseUrl: string, token: string, path: string): Promise<T> {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await sendRequest(new URL(path, baseUrl), { headers });
  if (response.ok) return (await response.json()) as T;
  throw new Error(`GET ${path} answered ${response.status}: ${await readProblem(response)}`);
}

/** Polls an application until it has an outcome or the time is over; returns it as it is then. */
export async function waitForOutcome(
  baseUrl: string,
  token: string,
  id: string,
  timeoutMs: number,
): Promise<ApplicationView> {
  const deadline = Date.now() + timeoutMs;
  const path = `/applications/${encodeURIComponent(id)}`;
  for (;;) {
    const application = await getResource<ApplicationView>(baseUrl, token, path);
    const isPending = application.status === 'QUEUED' || application.status === 'PROCESSING';
    if (!isPending || Date.now() > deadline) return application;
    await wait(POLL_INTERVAL_MS);
  }
}
