import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { createTracing } from '../../../src/tracing/opentelemetry';
import type { Tracing } from '../../../src/tracing/tracing';

export interface RecordedSpans {
  tracing: Tracing;
  /** Returns the spans that have ended; from then on none are recorded. */
  end: () => Promise<ReadableSpan[]>;
}

/** Creates traces whose spans stay in this process. */
export function recordSpans(): RecordedSpans {
  const spans: ReadableSpan[] = [];
  const tracing = createTracing('test', {
    export(ended, done) {
      spans.push(...ended);
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: () => Promise.resolve(),
  });
  return {
    tracing,
    async end() {
      await tracing.close();
      return spans;
    },
  };
}

/** Returns the one span with this name. */
export function findSpan(spans: readonly ReadableSpan[], name: string): ReadableSpan {
  const [span, ...more] = spans.filter((one) => one.name === name);
  if (!span || more.length > 0)
    throw new Error(`not one span ${name}: ${spans.map((one) => one.name).join()}`);
  return span;
}
