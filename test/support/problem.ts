import type { ErrorCode, FieldProblem } from '../../src/lib/errors';
import { like } from './matchers';

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  request_id: string;
  errors?: FieldProblem[];
}

/** Checks what RFC 9457 and the API promise of every error response, and returns its body. */
export async function problemOf(response: Response, status: number, code?: ErrorCode): Promise<Problem> {
  expect(response.status).toBe(status);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  expect(problem).toMatchObject({
    type: code ? `urn:conv:problem:${code.toLowerCase().replaceAll('_', '-')}` : like(/^urn:conv:/),
    title: like(/\w/),
    status,
    detail: like(/\w/),
    request_id: response.headers.get('X-Request-Id'),
  });
  const known = ['type', 'title', 'status', 'detail', 'request_id', 'errors'];
  expect(Object.keys(problem).filter((name) => !known.includes(name))).toEqual([]);
  return problem;
}

/** Returns the problems as `pointer CODE`, sorted. */
export function faults({ errors }: Problem): string[] {
  for (const { detail } of errors ?? []) expect(detail).toMatch(/\w/);
  return (errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort();
}
