/** What the generator's process is told, and what it answers. */
export interface LoadJob {
  url: string;
  connections: number;
  count: number;
  /** Requests a second, spread evenly; as fast as answers come where it is null. */
  rate: number | null;
  /** Signed posts of `eventOf(label, 0…count)`, or reads of these paths in turn. */
  send: { kind: 'posts'; label: string; from: number } | { kind: 'gets'; paths: string[]; token: string };
}

export interface LoadResult {
  /** Milliseconds since 1970. */
  began: number;
  seconds: number;
  /** Answers a second. */
  rate: number;
  /** Milliseconds from when it was to be sent to the whole answer. */
  p50: number;
  p95: number;
  p99: number;
  max: number;
  /** How often each status came. */
  statuses: Record<string, number>;
}

export type ToGenerator = { prepare: LoadJob } | { go: true };
export type FromGenerator = { ready: true } | { prepared: true } | { result: LoadResult } | { error: string };
