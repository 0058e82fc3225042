/** When a retry can help: never, after a pause, once another transaction has ended, or once the store is available again. */
export type Retry = 'never' | 'backoff' | 'contention' | 'outage';

interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly retry: Retry;
  /** Sent as Retry-After, unless the error itself names a time. */
  readonly retryAfterSeconds?: number;
}

/** Every kind of error: its HTTP status (RFC 9110), its title, and whether and when a retry can help. */
export const ERROR_KINDS = {
  MALFORMED: { status: 400, title: 'Malformed request', retry: 'never' },
  NOT_AUTHENTIC: { status: 401, title: 'Not authentic', retry: 'never' },
  FORBIDDEN: { status: 403, title: 'Not allowed', retry: 'never' },
  NOT_FOUND: { status: 404, title: 'Not found', retry: 'never' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', retry: 'never' },
  REQUEST_TIMEOUT: { status: 408, title: 'Request timeout', retry: 'backoff' },
  CONFLICT: { status: 409, title: 'Conflict', retry: 'never' },
  /** The candidate's personal data was erased; the request would restore it or needs it. */
  ERASED: { status: 409, title: 'Personal data erased', retry: 'never' },
  GONE: { status: 410, title: 'Gone', retry: 'never' },
  /** The record changed since the caller read it. */
  PRECONDITION_FAILED: { status: 412, title: 'Precondition failed', retry: 'never' },
  TOO_LARGE: { status: 413, title: 'Too large', retry: 'never' },
  NOT_JSON: { status: 415, title: 'Not JSON', retry: 'never' },
  EXPECTATION_FAILED: { status: 417, title: 'Expectation failed', retry: 'never' },
  INVALID: { status: 422, title: 'Invalid input', retry: 'never' },
  RATE_LIMITED: { status: 429, title: 'Too many requests', retry: 'backoff' },
  HEADERS_TOO_LARGE: { status: 431, title: 'Headers too large', retry: 'never' },
  /** An unexpected error; a retry may succeed. */
  INTERNAL: { status: 500, title: 'Internal error', retry: 'backoff' },
  /** The store refuses the data; a retry would be refused again. */
  REFUSED: { status: 500, title: 'Internal error', retry: 'never' },
  /** All attempts are used up. */
  GIVEN_UP: { status: 500, title: 'Internal error', retry: 'never' },
  /** Another worker stored an outcome of the same application at the same time. */
  CONCURRENT_CHANGE: { status: 503, title: 'Busy', retry: 'backoff', retryAfterSeconds: 2 },
  CONTENTION: { status: 503, title: 'Busy', retry: 'contention', retryAfterSeconds: 2 },
  DATABASE_UNAVAILABLE: { status: 503, title: 'Database unavailable', retry: 'outage', retryAfterSeconds: 2 },
  /** A table, column or function is missing: a migration is pending, or somebody dropped it. */
  SCHEMA_INCOMPLETE: {
    status: 503,
    title: 'Database schema incomplete',
    retry: 'outage',
    retryAfterSeconds: 2,
  },
  NOT_READY: { status: 503, title: 'Not ready', retry: 'outage', retryAfterSeconds: 2 },
  /** The queue's limit or Redis' memory limit is reached; workers free space. */
  QUEUE_FULL: { status: 503, title: 'Queue full', retry: 'backoff', retryAfterSeconds: 5 },
  QUEUE_UNAVAILABLE: { status: 503, title: 'Queue unavailable', retry: 'outage', retryAfterSeconds: 2 },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** One problem of the input: its place (JSON Pointer, RFC 6901), a code for programs, a sentence for people. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

interface ErrorOptions {
  cause?: unknown;
  problems?: readonly FieldProblem[];
  headers?: Readonly<Record<string, string>>;
  /** Replaces the kind's own value. */
  retryAfterSeconds?: number;
}

/**
 * The one error class. `detail` is written for the caller and reveals nothing internal.
 * Rendered in three places: problem+json (web), one line (cli), retry or fail (worker).
 */
export class ConvError extends Error {
  readonly status: number;
  readonly title: string;
  readonly retry: Retry;
  readonly problems: readonly FieldProblem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** When the caller should try again; undefined where a retry does not help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options: ErrorOptions = {},
  ) {
    super(detail, { cause: options.cause });
    this.name = 'ConvError';
    const kind: ErrorKind = ERROR_KINDS[code];
    this.status = kind.status;
    this.title = kind.title;
    this.retry = kind.retry;
    this.problems = options.problems;
    this.headers = options.headers ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds ?? kind.retryAfterSeconds;
  }
}

/** Also stored as the reason of an application that is FAILED because of an erasure. */
export const ERASED_REASON = "the candidate's personal data was erased";

/** Why an application cannot be replayed after its payload was removed. */
export const PAYLOAD_REMOVED_REASON = 'its payload was removed after KEEP_PAYLOADS_DAYS';

/** A setting is invalid; the message names each one and what is expected. */
export class SettingsError extends Error {}

/** Returns an INVALID error whose detail names each field, for clients that show only one line. */
export function invalid(problems: readonly FieldProblem[]): ConvError {
  const detail = problems.map((p) => `${p.pointer === '' ? 'input' : p.pointer}: ${p.detail}`).join('; ');
  return new ConvError('INVALID', detail, { problems });
}

/** Whether a store is unavailable: the same call succeeds once the store is back, so it uses up no attempts. */
export function isOutage(error: unknown): boolean {
  return error instanceof ConvError && error.retry === 'outage';
}

/**
 * Whether another transaction was in the way: a lock, a deadlock, a statement that took too long because of them. The same call
 * succeeds once that transaction has ended, so it uses up no attempts.
 */
export function isContention(error: unknown): boolean {
  return error instanceof ConvError && error.retry === 'contention';
}

/** Returns the `code` that Node, pg and ioredis set on their errors, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
