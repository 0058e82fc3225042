import * as yup from 'yup';
import { invalid, type FieldProblem } from './errors';
import { textFault, type TextFault } from './text';

/** yup's own kinds of error, in the codes that conv speaks. */
const CODES: Readonly<Record<string, string>> = {
  typeError: 'NOT_AN_OBJECT',
  optionality: 'REQUIRED',
  nullable: 'REQUIRED',
};

function pointerOf(path: string): string {
  return path === '' ? '' : `/${path.replaceAll('.', '/')}`;
}

/** One problem per field that the schema does not know. */
function unknownFields(error: yup.ValidationError): FieldProblem[] {
  const names = String(error.params?.['unknown']).split(', ');
  const base = pointerOf(error.path ?? '');
  return names.map((name) => ({
    pointer: `${base}/${name}`,
    code: 'UNKNOWN_FIELD',
    detail: 'is not known here',
  }));
}

function problemsOf(error: yup.ValidationError): FieldProblem[] {
  if (error.type === 'noUnknown') return unknownFields(error);
  return [problemOf(error)];
}

function problemOf(error: yup.ValidationError): FieldProblem {
  const params = error.params ?? {};
  const own = typeof params['code'] === 'string' ? params['code'] : undefined;
  return {
    pointer: pointerOf(error.path ?? ''),
    code: own ?? CODES[error.type ?? ''] ?? 'INVALID',
    detail: error.message,
  };
}

/**
 * A field whose whole rule is one function: it reports the first thing wrong with it, so a field has one error, not three.
 * @param faultOf null where the value is right
 */
export function field<T extends string | string[]>(
  faultOf: (value: unknown) => TextFault | null,
): yup.MixedSchema<T> {
  return yup.mixed<T>().test('field', '', (value, context) => {
    const fault = faultOf(value);
    return fault === null || context.createError({ message: fault.detail, params: { code: fault.code } });
  }) as unknown as yup.MixedSchema<T>;
}

/** A required text of at most `max` characters. */
export const text = (max: number) => field<string>((value) => textFault(value, { max }));

/** All problems of an input as one INVALID error; other errors come back as they are. */
function inputError(error: unknown): unknown {
  if (!(error instanceof yup.ValidationError)) return error;
  return invalid((error.inner.length > 0 ? error.inner : [error]).flatMap(problemsOf));
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
