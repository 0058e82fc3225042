/** One run of the load generator. */
export interface LoadJob {
  url: string;
  connections: number;
  count: number;
  /** Requests a second, spread evenly; null sends as fast as responses come. */
  rate: number | null;
  /** Signed posts of the events `from` to `from + count` of a label, or reads of these paths in turn. */
  send: { kind: 'posts'; label: string; from: number } | { kind: 'gets'; paths: string[]; token: string };
}

export interface LoadResult {
  /** Milliseconds since 1970. */
  began: number;
  seconds: number;
  /** Responses a second. */
  rate: number;
  /** Milliseconds from the planned time of the request to the whole response. */
  p50: number;
  p95: number;
  p99: number;
  max: number;
  /** Number of responses by status. */
  statuses: Record<string, number>;
}

export type ToGenerator = { prepare: LoadJob } | { go: true };
export type FromGenerator = { ready: true } | { prepared: true } | { result: LoadResult } | { error: string };
