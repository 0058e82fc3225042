import { Agent, request } from 'node:http';

export interface Answer {
  status: number;
  /** Parsed JSON; null where it is none. */
  body: unknown;
}

export interface Ask {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Rejects when no whole answer has come by then. */
  withinMs: number;
}

/** Calls over connections that are kept, as a busy client does. */
export interface Caller {
  ask(ask: Ask): Promise<Answer>;
  close(): void;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // A proxy's page, or nothing at all.
  }
}

/** A client of one web process; rejects with a short word where the connection or the time ran out. */
export function callerOf(base: string, connections: number): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    ask: ({ method, path, headers = {}, body, withinMs }) =>
      new Promise((resolve, reject) => {
        const asked = request(new URL(path, base), { method, headers, agent }, (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('error', reject);
          response.on('close', () => {
            clearTimeout(timer);
            if (response.complete) resolve({ status: response.statusCode ?? 0, body: parsed(text) });
            else reject(new Error('half an answer'));
          });
        });
        const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), withinMs);
        asked.on('error', (error: NodeJS.ErrnoException) => {
          clearTimeout(timer);
          reject(new Error(error.code ?? error.message));
        });
        asked.end(body);
      }),
    close: () => agent.destroy(),
  };
}
