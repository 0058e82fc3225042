import { AsyncLocalStorage } from 'node:async_hooks';
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import { ConvError, errorCode } from '../lib/errors';
import { withDeadline } from '../lib/shutdown';
import type { SpanOptions, TraceContext, Tracing } from './tracing';

const CLOSE_WITHIN_MS = 2000;

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

const propagator = new W3CTraceContextPropagator();

const contextWith = (span: Span | null): Context => (span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT);

/** Returns what a span may say of an error: its code or kind. A message may contain personal data. */
function errorType(error: unknown): string {
  if (typeof error === 'string') return error;
  if (error instanceof ConvError) return error.code;
  return error instanceof Error ? (errorCode(error.cause) ?? error.name) : typeof error;
}

/** Creates the spans of one process. The sampler and the limits come from the environment variables of OpenTelemetry. */
export function createTracing(part: string, exporter: SpanExporter): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': `conv-${part}`, 'process.pid': process.pid }))
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer('conv');
  const active = new AsyncLocalStorage<Span>();
  const failed = new WeakSet<Span>();
  const current = () => active.getStore() ?? null;

  function parentContext({ parent }: SpanOptions): Context {
    if (parent === undefined) return contextWith(current());
    return parent ? propagator.extract(ROOT_CONTEXT, parent, defaultTextMapGetter) : ROOT_CONTEXT;
  }

  function start(name: string, options: SpanOptions, parent: Context, startTime?: number): Span {
    const { kind, attributes = {} } = options;
    const spanKind = kind ? KINDS[kind] : SpanKind.INTERNAL;
    return tracer.startSpan(name, { kind: spanKind, attributes, ...(startTime && { startTime }) }, parent);
  }

  function fail(span: Span | null, error: unknown): void {
    if (!span || failed.has(span)) return;
    failed.add(span);
    span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType(error));
  }

  async function runAndEnd<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
    try {
      return await active.run(span, () => work(span));
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      span.end();
    }
  }

  return {
    run: (name, options, work) => runAndEnd(start(name, options, parentContext(options)), work),
    runIn: (span, work) => (span ? active.run(span, work) : work()),
    runForAll(name, spans, work) {
      const all = spans.filter((span) => span !== null);
      const first = all.find((span) => span.isRecording()) ?? all[0] ?? null;
      const attributes = { 'messaging.batch.message_count': spans.length };
      const shared = start(name, { attributes }, contextWith(first));
      for (const span of all.filter((other) => other !== first)) {
        shared.addLink({ context: span.spanContext() });
        span.addLink({ context: shared.spanContext() });
      }
      return runAndEnd(shared, work);
    },
    record(name, options, from, to) {
      start(name, options, parentContext(options), from).end(Math.max(from, to));
    },
    fail: (error) => fail(current(), error),
    current,
    context() {
      const carrier: Partial<TraceContext> = {};
      propagator.inject(contextWith(current()), carrier, defaultTextMapSetter);
      const { traceparent, tracestate } = carrier;
      return traceparent === undefined ? null : { traceparent, ...(tracestate && { tracestate }) };
    },
    logFields() {
      const context = current()?.spanContext();
      if (!context || !isSpanContextValid(context)) return {};
      return { trace_id: context.traceId, span_id: context.spanId };
    },
    async close() {
      await withDeadline(provider.shutdown(), CLOSE_WITHIN_MS).catch(() => undefined); // The exporter has logged why.
    },
  };
}
