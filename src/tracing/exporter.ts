import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../lib/log';

/** Logs one line when a collector begins to fail, and one when it answers again. */
function logOutages(log: () => Logger): (result: ExportResult) => void {
  let isFailing = false;
  return ({ code, error }) => {
    const failed = code === ExportResultCode.FAILED;
    if (failed && !isFailing)
      log().warn(
        { err: error },
        'the collector of traces cannot be reached; spans are lost until it answers',
      );
    if (!failed && isFailing) log().info('the collector of traces answers again');
    isFailing = failed;
  };
}

/** Creates the exporter to OTEL_EXPORTER_OTLP_ENDPOINT, by OTLP over HTTP in JSON. */
export function createExporter(log: () => Logger): SpanExporter {
  const exporter = new OTLPTraceExporter();
  const logResult = logOutages(log);
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        logResult(result);
        done(result);
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
}
