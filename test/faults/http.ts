import { Agent, request as httpRequest } from 'node:http';

export interface HttpResponse {
  status: number;
  /** Parsed JSON; null if it is not JSON. */
  body: unknown;
}

export interface HttpRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Rejects unless the whole response arrives in this time. */
  withinMs: number;
}

/** An HTTP client with keep-alive connections. */
export interface HttpClient {
  request(options: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The body is empty or not ours.
  }
}

/** Creates a client of one web process. It rejects with a short message when a connection breaks or a request times out. */
export function createHttpClient(base: string, connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    request: ({ method, path, headers = {}, body, withinMs }) =>
      new Promise((resolve, reject) => {
        const sending = httpRequest(new URL(path, base), { method, headers, agent }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('close', () => {
            clearTimeout(timer);
            if (response.complete) resolve({ status: response.statusCode ?? 0, body: parsed(text) });
            else reject(new Error('incomplete response'));
          });
        });
        const timer = setTimeout(() => sending.destroy(new Error('timeout')), withinMs);
        sending.on('error', (error: NodeJS.ErrnoException) => {
          clearTimeout(timer);
          reject(new Error(error.code ?? error.message));
        });
        sending.end(body);
      }),
    close: () => agent.destroy(),
  };
}
