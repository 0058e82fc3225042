import * as yup from 'yup';
import { invalid, type ConvError, type FieldProblem } from './errors';
import { listAlternatives, quote, type Violation } from './text';

/** Returns what is wrong with a field's value, or null. The value of a missing field is undefined. */
export type Rule = (value: unknown) => Violation | null;

/** Returns the rule for a field that must be one of a few words. */
export function oneOf(words: readonly string[], hint = ''): Rule {
  return (value) => {
    if (value === undefined || value === null) return { code: 'REQUIRED', detail: 'is required' };
    if (words.some((word) => word === value)) return null;
    const detail = `invalid value ${quote(value)}: expected ${listAlternatives(words)}${hint}`;
    return { code: 'UNKNOWN_VALUE', detail };
  };
}

type FieldRules<T> = { readonly [Name in keyof T]-?: Rule | Fields<T[Name]> };

/** The declared fields of a JSON object. */
export interface Fields<T> {
  readonly schema: yup.AnySchema;
  /** Applies the rules alone, without yup. */
  isValid(value: unknown): value is T;
  /**
   * Returns the value as it is if it is valid.
   * @throws ConvError INVALID with every problem, by JSON Pointer
   */
  parse(value: unknown): T;
}

interface Options {
  /** What a field that is not declared means. */
  unknownFields: 'ignore' | 'refuse';
}

/** conv's codes for yup's own types of error; other errors carry the code of the rule that failed. */
const CODES: Readonly<Record<string, string>> = {
  typeError: 'NOT_AN_OBJECT',
  optionality: 'REQUIRED',
  nullable: 'REQUIRED',
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name as one step of a JSON Pointer (RFC 6901, section 3). */
function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function describeProblem({ path = '', type = '', params = {}, message }: yup.ValidationError): FieldProblem {
  const { code, pointer } = params;
  return {
    pointer: typeof pointer === 'string' ? pointer : `/${path.replaceAll('.', '/')}`,
    code: typeof code === 'string' ? code : (CODES[type] ?? 'INVALID'),
    detail: message,
  };
}

/** Validates with yup, which finds every problem, a value that the rules refuse. */
function explain(schema: yup.AnySchema, value: unknown): ConvError {
  if (!isObject(value))
    return invalid([{ pointer: '', code: 'NOT_AN_OBJECT', detail: 'must be a JSON object' }]);
  try {
    schema.validateSync(value, { strict: true, abortEarly: false });
  } catch (error) {
    if (!(error instanceof yup.ValidationError)) throw error;
    return invalid((error.inner.length > 0 ? error.inner : [error]).map(describeProblem));
  }
  throw new Error('a value that violates a rule must also fail in the schema made from the rules');
}

function ruleSchema(rule: Rule): yup.AnySchema {
  return yup
    .mixed()
    .nullable()
    .test('rule', '', (value, context) => {
      const violation = rule(value);
      if (violation === null) return true;
      return context.createError({ message: () => violation.detail, params: { code: violation.code } });
    });
}

function refuseUnknownFields(schema: yup.AnySchema, names: ReadonlySet<string>): yup.AnySchema {
  return schema.test('unknown-fields', '', (value: object, context) => {
    const unknown = Object.keys(value).filter((name) => !names.has(name));
    if (unknown.length === 0) return true;
    const problems = unknown.map((name) =>
      context.createError({
        message: `is unknown: expected ${listAlternatives([...names])}`,
        params: { code: 'UNKNOWN_FIELD', pointer: pointerStep(name) },
      }),
    );
    return new yup.ValidationError(problems, value, context.path);
  });
}

/**
 * Declares the fields of a request body or query: one rule for each, or a nested declaration for an object. A valid value is
 * checked by the rules alone, because yup costs five times as much; yup then collects every problem of an invalid one.
 */
export function defineFields<T>(
  rules: FieldRules<T>,
  { unknownFields }: Options = { unknownFields: 'ignore' },
): Fields<T> {
  const entries = Object.entries<Rule | Fields<unknown>>(rules);
  const names = new Set(Object.keys(rules));
  const shape = entries.map(([name, rule]) => [
    name,
    typeof rule === 'function' ? ruleSchema(rule) : rule.schema,
  ]);
  const object = yup
    .object(Object.fromEntries(shape) as yup.ObjectShape)
    .typeError('must be a JSON object')
    .default(undefined)
    .defined('is required')
    .nonNullable('is required');
  const schema = unknownFields === 'refuse' ? refuseUnknownFields(object, names) : object;

  const isValid = (value: unknown): value is T =>
    isObject(value) &&
    entries.every(([name, rule]) =>
      typeof rule === 'function' ? rule(value[name]) === null : rule.isValid(value[name]),
    ) &&
    (unknownFields === 'ignore' || Object.keys(value).every((name) => names.has(name)));

  return {
    schema,
    isValid,
    parse(value) {
      if (isValid(value)) return value;
      throw explain(schema, value);
    },
  };
}
