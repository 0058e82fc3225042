import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApplicationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { parseRetryAfter } from '../lib/retry-after';
import { parseSecrets, sign } from '../lib/signature';
import { sendRequest, type HttpAnswer } from './http-request';

const POLL_INTERVAL_MS = 100;
const MAX_PROBLEM_LENGTH = 200;

/** Answers after which the same request can succeed: conv or a proxy before it is busy or restarts. */
const BUSY_STATUSES = [429, 502, 503, 504];

/** What conv answered to an application event. */
export interface SendResult {
  status: number;
  /** Present if conv accepted the event. */
  application?: ApplicationView;
  redelivered: boolean;
  /** The error in one line, if conv did not accept the event. */
  problem?: string;
  /** How long conv asks to wait before the next attempt; null if it does not say. */
  retryAfterMs: number | null;
}

export function isBusy(status: number): boolean {
  return BUSY_STATUSES.includes(status);
}

function readProblem(body: string): string {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: string; title?: string };
    return detail ?? title ?? body;
  } catch {
    return body.replaceAll(/\s+/g, ' ').slice(0, MAX_PROBLEM_LENGTH); // Not an answer of conv, for example one of a proxy.
  }
}

function parseApplication({ status, body }: HttpAnswer): ApplicationView | undefined {
  if (status !== 202) return undefined;
  try {
    return JSON.parse(body) as ApplicationView;
  } catch {
    return undefined; // The caller reports it.
  }
}

function describeRefusal({ status, body }: HttpAnswer): string {
  return status === 202 ? 'the answer is not from conv: check --url' : readProblem(body);
}

/** What authenticates a sender: a webhook secret (`whsec_…`), or a token with applications:write. */
export type Credentials = { secret: string } | { token: string };

/** Returns the headers of a new Standard Webhooks signature. */
function signatureHeaders(secret: string, body: string): Record<string, string> {
  const [key] = parseSecrets(secret);
  if (!key) throw new ConvError('INVALID', 'no webhook secret: pass one with --secret');
  const id = `msg_${randomUUID()}`;
  const timestamp = Math.floor(Date.now() / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign(key, id, timestamp, Buffer.from(body)),
  };
}

/**
 * Posts an application event as a sender does.
 * @throws ConvError NOT_READY if conv cannot be reached
 */
export async function sendEvent(
  baseUrl: string,
  credentials: Credentials,
  body: string,
  signal?: AbortSignal,
): Promise<SendResult> {
  const authentication =
    'secret' in credentials
      ? signatureHeaders(credentials.secret, body)
      : { Authorization: `Bearer ${credentials.token}` };
  const headers = { 'Content-Type': 'application/json', ...authentication };
  const url = new URL('/webhooks/applications', baseUrl);
  const answer = await sendRequest(url, { method: 'POST', headers, body, signal });
  const application = parseApplication(answer);
  const result = {
    status: answer.status,
    redelivered: answer.headers['idempotent-replayed'] === 'true',
    retryAfterMs: parseRetryAfter(answer.headers['retry-after']),
  };
  return application ? { ...result, application } : { ...result, problem: describeRefusal(answer) };
}

async function getAnswer(baseUrl: string, token: string, path: string, signal?: AbortSignal) {
  const headers = { Authorization: `Bearer ${token}` };
  return sendRequest(new URL(path, baseUrl), { headers, signal });
}

function parseResource(path: string, { status, body }: HttpAnswer): unknown {
  if (status >= 200 && status < 300) return JSON.parse(body);
  throw new Error(`GET ${path} answered ${status}: ${readProblem(body)}`);
}

/** Where to read applications, and for how long. */
export interface OutcomeQuery {
  url: string;
  token: string;
  timeoutMs: number;
  signal?: AbortSignal;
}

/** Reads an application, or returns null if conv is busy or cannot be reached at the moment. */
async function pollApplication(
  { url, token, signal }: OutcomeQuery,
  id: string,
): Promise<ApplicationView | null> {
  const path = `/applications/${encodeURIComponent(id)}`;
  try {
    const answer = await getAnswer(url, token, path, signal);
    return isBusy(answer.status) ? null : (parseResource(path, answer) as ApplicationView);
  } catch (error) {
    if (error instanceof ConvError && error.code === 'NOT_READY') return null;
    throw error;
  }
}

/** Returns whether an application still has no outcome. */
export function isPending({ status }: ApplicationView): boolean {
  return status === 'QUEUED' || status === 'PROCESSING';
}

/**
 * Polls an application until it has an outcome or the time is over.
 * @returns the application as it was read last; null if it could not be read
 * @throws Error with conv's own explanation if it refuses the request
 */
export async function waitForOutcome(query: OutcomeQuery, id: string): Promise<ApplicationView | null> {
  const deadline = Date.now() + query.timeoutMs;
  let latest: ApplicationView | null = null;
  for (;;) {
    latest = (await pollApplication(query, id)) ?? latest;
    if ((latest && !isPending(latest)) || Date.now() > deadline) return latest;
    await wait(POLL_INTERVAL_MS, undefined, query.signal && { signal: query.signal });
  }
}
