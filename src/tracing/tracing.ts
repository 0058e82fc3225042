import type { Attributes, Span } from '@opentelemetry/api';

/** This file loads nothing: the types are erased, and open-tracing.ts loads OpenTelemetry only when traces are on. */

export type { Attributes, Span };

/** The context of a span in the form of W3C Trace Context. It travels in requests, queue jobs and events. */
export interface TraceContext {
  traceparent: string;
  tracestate?: string;
}

/** The context that a queue job carries. */
export interface JobTrace extends TraceContext {
  /** When the job was added or retried, in milliseconds: the wait in the queue begins. */
  queued_at: number;
}

export interface SpanOptions {
  kind?: 'server' | 'client' | 'producer' | 'consumer';
  /** The span that this one continues; null begins a new trace, undefined continues the current span. */
  parent?: TraceContext | null | undefined;
  /** Ids only, no personal data. */
  attributes?: Attributes;
}

/** Creates spans. Where traces are off, there is null instead, so that nothing else costs time. */
export interface Tracing {
  /** Runs work in a new span, which ends with it. An error marks the span as failed. */
  run<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** Runs work in an existing span, which it does not end. */
  runIn<T>(span: Span | null, work: () => Promise<T>): Promise<T>;
  /**
   * Runs work that is done once for several spans, in a span of its own. It belongs to the trace of the first span that is recorded;
   * the others and it link to each other.
   */
  runForAll<T>(name: string, spans: readonly (Span | null)[], work: () => Promise<T>): Promise<T>;
  /** Records a span of the past; both times are in milliseconds. */
  record(name: string, options: SpanOptions, from: number, to: number): void;
  /** Marks the current span as failed, unless it is. A string is the kind of error, such as an HTTP status. */
  fail(error: unknown): void;
  current(): Span | null;
  /** Returns the context of the current span, for the next process. */
  context(): TraceContext | null;
  /** Returns `trace_id` and `span_id` of the current span, for a log line. */
  logFields(): object;
  /** Sends the spans that have ended, for at most two seconds. */
  close(): Promise<void>;
}

/** Returns the field of a queue job's data that carries the current trace. */
export function jobTrace(tracing: Tracing): { trace?: JobTrace } {
  const context = tracing.context();
  return context ? { trace: { ...context, queued_at: Date.now() } } : {};
}
