import type { Settings } from '../lib/config';
import type { Logger } from '../lib/log';
import type { Tracing } from './tracing';

/**
 * Returns the traces of a process, null where OTEL_EXPORTER_OTLP_ENDPOINT is not set. Only then is OpenTelemetry loaded. It reads
 * its other environment variables itself.
 * @param part names the process (`web`, `worker`)
 * @param log returns the log of the process, which exists later because its lines carry the ids of traces
 */
export async function openTracing(
  part: string,
  { tracesEndpoint }: Pick<Settings, 'tracesEndpoint'>,
  log: () => Logger,
): Promise<Tracing | null> {
  if (tracesEndpoint === null) return null;
  const [{ createTracing }, { createExporter }] = await Promise.all([
    import('./opentelemetry'),
    import('./exporter'),
  ]);
  return createTracing(part, createExporter(log));
}
