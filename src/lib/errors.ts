/** When doing the same again can help: never, after a pause, or once the store is back. */
export type Retry = 'never' | 'backoff' | 'outage';

interface Kind {
  readonly status: number;
  readonly title: string;
  readonly retry: Retry;
}

/** Every way in which conv says no: its HTTP status (RFC 9110), its title, and whether a retry can help. */
export const ERROR_KINDS = {
  MALFORMED: { status: 400, title: 'Malformed request', retry: 'never' },
  NOT_AUTHENTIC: { status: 401, title: 'Not authentic', retry: 'never' },
  FORBIDDEN: { status: 403, title: 'Not allowed', retry: 'never' },
  NOT_FOUND: { status: 404, title: 'Not found', retry: 'never' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed', retry: 'never' },
  REQUEST_TIMEOUT: { status: 408, title: 'Request timeout', retry: 'backoff' },
  CONFLICT: { status: 409, title: 'Conflict', retry: 'never' },
  /** The candidate's personal data was erased, and this would bring it back or cannot do without it. */
  ERASED: { status: 409, title: 'Personal data erased', retry: 'never' },
  GONE: { status: 410, title: 'Gone', retry: 'never' },
  TOO_LARGE: { status: 413, title: 'Too large', retry: 'never' },
  NOT_JSON: { status: 415, title: 'Not JSON', retry: 'never' },
  EXPECTATION_FAILED: { status: 417, title: 'Expectation failed', retry: 'never' },
  INVALID: { status: 422, title: 'Invalid input', retry: 'never' },
  RATE_LIMITED: { status: 429, title: 'Too many requests', retry: 'backoff' },
  HEADERS_TOO_LARGE: { status: 431, title: 'Headers too large', retry: 'never' },
  /** Something unforeseen; it may well heal. */
  INTERNAL: { status: 500, title: 'Internal error', retry: 'backoff' },
  /** The store refuses the data as such: the same again would be refused again. */
  REFUSED: { status: 500, title: 'Internal error', retry: 'never' },
  /** Tried as often as it may be. */
  GIVEN_UP: { status: 500, title: 'Internal error', retry: 'never' },
  CONTENTION: { status: 503, title: 'Busy', retry: 'backoff' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'Database unavailable', retry: 'outage' },
  NOT_READY: { status: 503, title: 'Not ready', retry: 'outage' },
  /** Its limit or Redis' memory is reached; workers make room. */
  QUEUE_FULL: { status: 503, title: 'Queue full', retry: 'backoff' },
  QUEUE_UNAVAILABLE: { status: 503, title: 'Queue unavailable', retry: 'outage' },
} as const satisfies Record<string, Kind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** One thing wrong with the input: where (JSON Pointer, RFC 6901), a code for programs, a sentence for people. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
}

interface Extras {
  cause?: unknown;
  problems?: readonly FieldProblem[];
  headers?: Readonly<Record<string, string>>;
}

/**
 * The one error class. `detail` is written for whoever made the call and never tells of the inside.
 * It is rendered in three places: problem+json (web), one line (cli), retry or not (worker).
 */
export class ConvError extends Error {
  readonly status: number;
  readonly title: string;
  readonly retry: Retry;
  readonly problems: readonly FieldProblem[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    extras: Extras = {},
  ) {
    super(detail, { cause: extras.cause });
    this.name = 'ConvError';
    const kind: Kind = ERROR_KINDS[code];
    this.status = kind.status;
    this.title = kind.title;
    this.retry = kind.retry;
    this.problems = extras.problems;
    this.headers = extras.headers ?? {};
  }
}

/** In one line, also as the reason of an application that FAILED for it. */
export const ERASED_REASON = "the candidate's personal data was erased";

/** A setting is wrong; the message names each one and what would be right. */
export class SettingsError extends Error {}

/** An INVALID error whose detail names each field, for clients that show only one line. */
export function invalid(problems: readonly FieldProblem[]): ConvError {
  const detail = problems.map((p) => `${p.pointer === '' ? 'input' : p.pointer}: ${p.detail}`).join('; ');
  return new ConvError('INVALID', detail, { problems });
}

/** The `code` that Node, pg and ioredis put on their errors, if there is one. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
