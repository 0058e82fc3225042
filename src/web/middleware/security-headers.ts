import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';
import type { Middleware } from '../context';

/**
 * Pages such as the queue board may load their own files and use inline styles. `upgrade-insecure-requests` is left out because it would break http:// inside a network, where
 * a proxy terminates TLS.
 */
const options: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'base-uri': ["'self'"],
      'form-action': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  },
  xFrameOptions: { action: 'deny' },
  strictTransportSecurity: { includeSubDomains: false },
  // Current browsers ignore these headers.
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};

/** Returns helmet's headers. They are the same for every response, so helmet runs once and not for each request. */
function createHeaders(): Record<string, string> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(response.req, response, (error?: unknown) => {
    if (error !== undefined) throw new Error('helmet failed', { cause: error });
  });
  for (const [name, value] of Object.entries(response.getHeaders())) headers[name] = String(value);
  return headers;
}

/** Returns a middleware that sets security headers. Responses may be personal, so caches must not store them by default. */
export function securityHeaders(): Middleware {
  const headers = createHeaders();
  return async (ctx, next) => {
    for (const name in headers) ctx.res.setHeader(name, headers[name] ?? '');
    await next();
  };
}
