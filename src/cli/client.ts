import { randomUUID } from 'node:crypto';
import type { ApplicationView } from '../lib/domain';
import { ConvError, type FieldProblem } from '../lib/errors';
import { parseSecrets, sign } from '../lib/signature';

/** Longer than any answer that conv gives takes. */
const ANSWER_WITHIN_MS = 10_000;

export interface Answer {
  status: number;
  /** Present on a 202. */
  application?: ApplicationView;
  redelivered: boolean;
  /** What was wrong, in one line, on anything else. */
  problem?: string;
}

interface Problem {
  detail?: string;
  title?: string;
  errors?: FieldProblem[];
}

async function call(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch (error) {
    const detail = `conv at ${url.origin} cannot be reached: start it with \`npm start\`, or name another --url`;
    throw new ConvError('QUEUE_UNAVAILABLE', detail, { cause: error });
  }
}

async function problemLine(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { detail, title } = JSON.parse(text) as Problem;
    return detail ?? title ?? text;
  } catch {
    return text.slice(0, 200); // Not conv's; shown as it is.
  }
}

/** A sender as the Standard Webhooks specification has them: every delivery signed afresh. */
export async function deliver(base: string, secret: string, body: string): Promise<Answer> {
  const [key] = parseSecrets(secret);
  if (!key) throw new ConvError('INVALID', 'no webhook secret: name it with --secret');
  const id = `msg_${randomUUID()}`;
  const timestamp = Math.floor(Date.now() / 1000);
  const response = await call(new URL('/webhooks/applications', base), {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign(key, id, timestamp, Buffer.from(body)),
    },
    body,
  });
  const redelivered = response.headers.get('Idempotent-Replayed') === 'true';
  if (response.status !== 202)
    return { status: response.status, redelivered, problem: await problemLine(response) };
  return { status: 202, redelivered, application: (await response.json()) as ApplicationView };
}

/**
 * A call with a token.
 * @throws ConvError with conv's own words for anything but 2xx
 */
export async function request<T>(
  base: string,
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
  const response = await call(new URL(path, base), init);
  if (response.ok) return (await response.json()) as T;
  throw new ConvError(
    'CONFLICT',
    `${method} ${path} answered ${response.status}: ${await problemLine(response)}`,
  );
}

const POLL_MS = 100;

/** Asks until the application is decided, or `withinMs` have passed; returns it as it then is. */
export async function awaitOutcome(
  base: string,
  token: string,
  id: string,
  withinMs: number,
): Promise<ApplicationView> {
  const { setTimeout: wait } = await import('node:timers/promises');
  const until = Date.now() + withinMs;
  for (;;) {
    const application = await request<ApplicationView>(
      base,
      token,
      'GET',
      `/applications/${encodeURIComponent(id)}`,
    );
    const open = application.status === 'QUEUED' || application.status === 'PROCESSING';
    if (!open || Date.now() > until) return application;
    await wait(POLL_MS);
  }
}
