import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { openapi } from '../../../src/web/openapi/document';
import type { Json } from '../../../src/web/openapi/types';

const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** Returns a schema whose objects may have no properties beside those that are described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)] as const);
  const isObject = 'properties' in schema && 'type' in schema && schema.type === 'object';
  return { ...Object.fromEntries(entries), ...(isObject && { additionalProperties: false }) };
}

/** Returns what is wrong with a value, or null. */
export type Validate = (schema: Json, value: unknown) => string | null;

function createValidate(convert: (schema: unknown) => unknown): Validate {
  const ajv = new Ajv2020({ strict: false, formats: FORMATS });
  ajv.addSchema({ $id: 'conv', components: convert({ schemas: openapi.components.schemas }) });
  const compiled = new Map<Json, ValidateFunction>();
  return (schema, value) => {
    let validate = compiled.get(schema);
    if (!validate) {
      const text = JSON.stringify(convert(schema)).replaceAll('"#/components/', '"conv#/components/');
      validate = ajv.compile(JSON.parse(text) as Json);
      compiled.set(schema, validate);
    }
    return validate(value) ? null : ajv.errorsText(validate.errors);
  };
}

/** Validates what conv sends: a field that is not described is wrong. */
export const validateResponse = createValidate(closed);
/** Validates what clients send: conv ignores unknown fields, unless the description refuses them. */
export const validateRequest = createValidate((schema) => schema);
