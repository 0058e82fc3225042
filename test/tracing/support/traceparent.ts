import { randomBytes } from 'node:crypto';

/** The trace context of a sender. */
export interface SenderTrace {
  traceId: string;
  spanId: string;
  traceparent: string;
}

/** Returns a new trace context, as a sender puts it into the header `traceparent`. */
export function newTrace(flags: '01' | '00' = '01'): SenderTrace {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}
