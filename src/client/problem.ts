import type { FieldProblem, operations } from './schema';

type EachResponse<Responses> = Responses extends unknown ? Responses[keyof Responses] : never;
type ProblemOf<Response> = Response extends { content: { 'application/problem+json': infer Body } }
  ? Body
  : never;

/** The body of an error answer (RFC 9457), as the API describes it. */
export type Problem = ProblemOf<EachResponse<operations[keyof operations]['responses']>>;

/** The `type` of an error answer, for example `urn:conv:problem:not-found`. */
export type ProblemType = Problem['type'];

/** What an error answer may contain. A proxy in front of conv may send anything. */
type PossibleProblem = Partial<
  Record<'type' | 'title' | 'detail' | 'request_id', string> & { errors: FieldProblem[] }
>;

/** Of an answer without a problem type (RFC 9457, 4.2.1), such as a proxy's. */
export const NO_PROBLEM_TYPE = 'about:blank';

const LONGEST_DETAIL = 200;

/** Returns the members of an error answer, or an empty object for a body that is no JSON object. */
function readProblem(body: unknown): PossibleProblem {
  return typeof body === 'object' && body !== null ? body : {};
}

function describeBody(body: unknown): string {
  return typeof body === 'string' && body.trim() !== ''
    ? body.trim().slice(0, LONGEST_DETAIL)
    : 'the answer has no explanation';
}

/** conv answered with an error. */
export class ConvApiError extends Error {
  override readonly name = 'ConvApiError';
  /** The HTTP status. */
  readonly status: number;
  /** The kind of error, for programs; `about:blank` if the answer names none, for example a proxy's. */
  readonly type: ProblemType | (string & Record<never, never>);
  /** What is wrong with this request. */
  readonly detail: string;
  /** The wrong fields or parameters; empty unless the type is `urn:conv:problem:invalid`. */
  readonly errors: readonly FieldProblem[];
  /** Names the request in conv's log; null if the answer does not come from conv. */
  readonly requestId: string | null;
  /** The header Retry-After. */
  readonly retryAfter: string | null;

  /** @param body the parsed body, or its text if it is not JSON */
  constructor(response: Response, body: unknown) {
    const problem = readProblem(body);
    const detail = problem.detail ?? describeBody(body);
    super(`${response.status} ${problem.title ?? response.statusText}: ${detail}`);
    this.status = response.status;
    this.type = problem.type ?? NO_PROBLEM_TYPE;
    this.detail = detail;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id ?? response.headers.get('X-Request-Id');
    this.retryAfter = response.headers.get('Retry-After');
  }
}
