import type { Tracing } from './tracing';

const defaultPort = ({ protocol }: URL) => (protocol === 'https:' ? 443 : 80);

type TracedRequest = Omit<RequestInit, 'headers'> & { method: string; headers: Record<string, string> };

/**
 * Sends a request in a span, with the headers `traceparent` and `tracestate`. Of the address it records host and port only, because
 * a path may contain a secret.
 */
export function tracedFetch(tracing: Tracing, url: URL, init: TracedRequest): Promise<Response> {
  const attributes = {
    'http.request.method': init.method,
    'server.address': url.hostname,
    'server.port': url.port === '' ? defaultPort(url) : Number(url.port),
  };
  return tracing.run(init.method, { kind: 'client', attributes }, async (span) => {
    const response = await fetch(url, { ...init, headers: { ...init.headers, ...tracing.context() } });
    span.setAttribute('http.response.status_code', response.status);
    if (response.status >= 400) tracing.fail(String(response.status));
    return response;
  });
}
