import * as yup from 'yup';
import { invalid, type FieldProblem } from './errors';
import type { Violation } from './text';

/** yup's own kinds of error, in the codes that conv speaks. */
const CODES: Readonly<Record<string, string>> = {
  typeError: 'NOT_AN_OBJECT',
  optionality: 'REQUIRED',
  nullable: 'REQUIRED',
};

function pointerOf(path: string): string {
  return path === '' ? '' : `/${path.replaceAll('.', '/')}`;
}

function problemOf(error: yup.ValidationError): FieldProblem {
  const params = error.params ?? {};
  const own = typeof params['code'] === 'string' ? params['code'] : undefined;
  const pointer = typeof params['pointer'] === 'string' ? params['pointer'] : pointerOf(error.path ?? '');
  return {
    pointer,
    code: own ?? CODES[error.type ?? ''] ?? 'INVALID',
    detail: error.message,
  };
}

/**
 * A field whose whole rule is one function: it reports the first thing wrong with it, so a field has one error, not three.
 * @param faultOf null where the value is right
 */
export function field<T>(faultOf: (value: unknown) => Violation | null): yup.Schema<T> {
  return yup
    .mixed()
    .nonNullable('is required')
    .test('field', '', (value, context) => {
      const fault = faultOf(value);
      return (
        fault === null || context.createError({ message: () => fault.detail, params: { code: fault.code } })
      );
    }) as yup.Schema<unknown> as yup.Schema<T>;
}

/** RFC 6901, section 3. */
const pointerStep = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The same object schema, with an error for every field that it does not know. */
export function only<T extends yup.ObjectSchema<yup.AnyObject>>(schema: T): T {
  return schema.test('only', '', (value: object | null | undefined, context) => {
    const unknown = Object.keys(value ?? {}).filter((name) => !Object.hasOwn(schema.fields, name));
    if (unknown.length === 0) return true;
    const problems = unknown.map((name) =>
      context.createError({
        message: 'is not known here',
        params: { code: 'UNKNOWN_FIELD', pointer: pointerStep(name) },
      }),
    );
    return new yup.ValidationError(problems, value, context.path);
  });
}

/** All problems of an input as one INVALID error; other errors come back as they are. */
function inputError(error: unknown): unknown {
  if (!(error instanceof yup.ValidationError)) return error;
  return invalid((error.inner.length > 0 ? error.inner : [error]).map(problemOf));
}

/**
 * Validates without coercing anything and reports every problem at once.
 * @throws ConvError INVALID
 */
export function check<T extends yup.Schema>(schema: T, value: unknown): yup.InferType<T> {
  try {
    return schema.validateSync(value, { strict: true, abortEarly: false });
  } catch (error) {
    throw inputError(error);
  }
}
