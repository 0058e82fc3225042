import { send, type WireAnswer, type WireRequest } from './wire';

const CONCURRENCY = 16;

/** Returns what is wrong with the response to a malformed request, or null. */
function describeViolation({ cut, bytes }: WireRequest, { status, type, body }: WireAnswer): string | null {
  if (status === 0) return cut ? null : 'no response';
  if (status >= 500 || Number.isNaN(status)) return `status ${status}`;
  if (status === 202) return 'accepted';
  if (/\.js\b|node_modules|ECONN|at \w+ \(/.test(body)) return 'reveals internals';
  // The operator's pages and the queue board answer with pages and in their own way.
  const isPage = /^\S+ \/admin\b/.test(bytes.toString('latin1'));
  if (!isPage && status >= 400 && !type.startsWith('application/problem+json')) return `${status} as ${type}`;
  return null;
}

/** The result of sending many malformed requests. */
export interface Report {
  /** One line for each wrong response, with the request. */
  violations: string[];
  /** How many responses had each status. */
  statuses: Map<number, number>;
}

/** Sends all requests, a few at once, and checks each response. */
export async function sendAll(url: string, requests: readonly WireRequest[]): Promise<Report> {
  const violations: string[] = [];
  const statuses = new Map<number, number>();
  const remaining = requests.values();
  const sendRemaining = async () => {
    for (const request of remaining) {
      const answer = await send(url, request);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const violation = describeViolation(request, answer);
      const text = request.bytes.toString('latin1').slice(0, 500);
      if (violation) violations.push(`${request.kind}: ${violation}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, sendRemaining));
  return { violations, statuses };
}
