import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';
import type { Middleware } from '../context';

/**
 * Pages (the queue board, the API's description) consist of their own files and inline styles; what they ask of another host,
 * as Bull Board does for its fonts, the browser does not fetch. `upgrade-insecure-requests` is left out: TLS is the proxy's,
 * and it would break http:// inside a network.
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
  // What follows says nothing to a browser of today, and would be sent with every answer.
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
};
/** helmet's headers are the same for every answer, so it is asked once. */
function headersOf(): Record<string, string> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(answer.req, answer, (error?: unknown) => {
    if (error !== undefined) throw new Error('helmet failed', { cause: error });
  });
  for (const [name, value] of Object.entries(answer.getHeaders())) headers[name] = String(value);
  return headers;
}

/** What browsers are told with every answer. Nobody keeps a copy of an answer, which may be personal, unless its handler says so. */
export function securityHeaders(): Middleware {
  const headers = headersOf();
  return async (ctx, next) => {
    for (const name in headers) ctx.res.setHeader(name, headers[name] ?? '');
    await next();
  };
}
