import { parseApplicationEvent } from '../../src/applications/application-event';
import { ConvError } from '../../src/lib/errors';
import { applicationEvent, CANDIDATE } from './factories';

type Json = Record<string, unknown>;

/** Returns the problems of a body as `pointer CODE`, or none if it is valid. */
export function problems(body: unknown): string[] {
  try {
    parseApplicationEvent(body);
  } catch (error) {
    if (error instanceof ConvError && error.code === 'INVALID')
      return (error.problems ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort();
    throw error;
  }
  return [];
}

/** Returns a valid body in which one field, named by its pointer, has another value; undefined leaves it out. */
export function bodyWith(pointer: string, value: unknown): Json {
  const body: Json = { ...applicationEvent(), candidate: { ...CANDIDATE } };
  const [, first = '', second] = pointer.split('/');
  const holder = second === undefined ? body : (body['candidate'] as Json);
  holder[second ?? first] = value;
  return JSON.parse(JSON.stringify(body)) as Json;
}
