import { DEFAULT_LIMIT, MAX_LIMIT } from '../../lists/page';
import { senderId } from './schema-parts';
import type { Json, ParameterObject } from './types';

export function query(name: string, description: string, schema: Json): ParameterObject {
  return { name, in: 'query', description, schema };
}

export function header(name: string, description: string, required = false): ParameterObject {
  return { name, in: 'header', description, required, schema: { type: 'string' } };
}

/** An id of the sender in a path, percent-encoded: `a/b` is `a%2Fb`. */
export const pathId = (example: string): ParameterObject => ({
  name: 'id',
  in: 'path',
  description: 'Percent-encoded',
  required: true,
  schema: senderId(example),
});

/** Several words, repeated or separated by commas. */
export const wordsQuery = (name: string, description: string, words: readonly string[]): ParameterObject =>
  query(name, `${description}; repeat it or use commas`, {
    type: 'array',
    items: { type: 'string', enum: words },
  });

/** A filter has no example: pages that try calls fill in examples, and a filter that nobody chose hides rows. */
export const idQuery = (name: string): ParameterObject => query(name, 'Exact id', senderId());

export const timeQuery = (name: string, description: string): ParameterObject =>
  query(name, `${description}, such as 2026-01-31T09:30:00.000Z; a date means its midnight in UTC`, {
    type: 'string',
    oneOf: [{ format: 'date-time' }, { format: 'date' }],
  });

export const limitQuery = query('limit', 'Rows in one answer', {
  type: 'integer',
  minimum: 1,
  maximum: MAX_LIMIT,
  default: DEFAULT_LIMIT,
});

export const pageQuery: ParameterObject[] = [
  query('order', 'Newest first, or oldest first', { type: 'string', enum: ['desc', 'asc'], default: 'desc' }),
  limitQuery,
  query('cursor', 'next_cursor of the page before', { type: 'string' }),
];

export const noCache = header(
  'Cache-Control',
  'no-cache reads the newest data, not a replica that may be behind',
);
export const ifNoneMatch = header('If-None-Match', 'An ETag; the answer is 304 while nothing has changed');
export const includeQuery = wordsQuery('include', 'Adds the candidate; needs candidates:read', ['candidate']);
export const includeRelatedQuery = wordsQuery(
  'include',
  'Adds the candidate (needs candidates:read), the application, its events, and their pushes to EVENTS_URL',
  ['candidate', 'application', 'events', 'deliveries'],
);
export const includeReplayQuery = wordsQuery('include', 'Adds what a replay would do', ['replay']);
export const includeStateQuery = wordsQuery(
  'include',
  'Adds what a replay would do, who dismissed a failure, and the conversation that blocks the application (needs conversations:read)',
  ['replay', 'dismissal', 'blocking_conversation'],
);
