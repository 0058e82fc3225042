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

/** The body of an error, after checking all that RFC 9457 and the product promise of every one of them. */
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

/** Each wrong field as `pointer CODE`, in the order of their pointers. */
export function faults({ errors }: Problem): string[] {
  for (const { detail } of errors ?? []) expect(detail).toMatch(/\w/);
  return (errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort();
}
