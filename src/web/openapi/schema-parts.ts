import { MAX_ID_LENGTH } from '../../lib/text';
import type { Json } from './types';

/** Returns the schema of an object whose properties are all required. */
export function object(properties: Record<string, Json>, more: Json = {}): Json {
  return { type: 'object', required: Object.keys(properties), properties, ...more };
}

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const time = (example = '2026-01-31T09:30:00.000Z'): Json => ({
  type: 'string',
  format: 'date-time',
  example,
});

export const senderId = (example?: string): Json => ({
  type: 'string',
  description: 'An id of the sender: any text that is not blank, except . and ..',
  minLength: 1,
  maxLength: MAX_ID_LENGTH,
  not: { type: 'string', enum: ['.', '..'] },
  ...(example !== undefined && { example }),
});

export const uuid = (example: string): Json => ({ type: 'string', format: 'uuid', example });
export const nullable = (schema: Json): Json => ({ ...schema, type: [schema['type'], 'null'] });

/** Returns the schema of a page of a list or, with its own cursor, of the feed. */
export const page = (item: Json, description = 'Where the next page starts; null on the last page.'): Json =>
  object({
    data: { type: 'array', items: item },
    next_cursor: { type: ['string', 'null'], description },
  });

export const FEED_CURSOR =
  'Where the next request continues, as after; also on the last page and on an empty one. Null only before the first event of all.';
