import { openapi } from '../../../src/web/openapi/document';
import type { Json, Operation } from '../../../src/web/openapi/types';
import type { Finding } from './check-exchange';
import { validateResponse } from './validators';

/** A push as a receiver saw it. */
export interface ReceivedPush {
  headers: Readonly<Record<string, unknown>>;
  /** Parsed JSON. */
  body: { type: string };
}

/** Made by HTTP itself or by `fetch` of Node. */
const COMMON_HEADERS = [
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'content-type',
  'host',
  'sec-fetch-mode',
  'user-agent',
];

/** OpenAPI describes the header Authorization as a security scheme. */
const namesCredentials = ({ security }: Operation) => security.some((scheme) => 'receiver' in scheme);

const headersOf = (operation: Operation) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === 'header');

const bodySchema = ({ requestBody }: Operation): Json =>
  (requestBody?.['content'] as { 'application/json': { schema: Json } })['application/json'].schema;

export const webhooks = openapi.webhooks as unknown as Readonly<Record<string, { post: Operation }>>;

/** Returns what the description promises of pushes; the keys are those of checkPush. */
export function listPushes(): string[] {
  return Object.entries(webhooks).flatMap(([type, { post }]) => [
    `push ${type}`,
    ...headersOf(post).map(({ name }) => `push ${type} header ${name}`),
    ...(namesCredentials(post) ? [`push ${type} header authorization`] : []),
  ]);
}

/** Compares a push with the description, in both directions as far as one push shows it. */
export function checkPush({ headers, body }: ReceivedPush): Finding {
  const key = `push ${body.type}`;
  const operation = webhooks[body.type]?.post;
  if (!operation) return { exercised: [], violations: [`${key} is not described`] };
  const described = headersOf(operation);
  const known = new Set([...COMMON_HEADERS, ...described.map(({ name }) => name)]);
  if (namesCredentials(operation)) known.add('authorization');
  const unknown = Object.keys(headers).filter((name) => !known.has(name));
  const missing = described.filter(({ name, required }) => required === true && !(name in headers));
  const problem = validateResponse(bodySchema(operation), body);
  const violations = [
    ...unknown.map((name) => `header ${name} is not described`),
    ...missing.map(({ name }) => `header ${name} is missing`),
    ...(headers['content-type'] === 'application/json' ? [] : ['the content type is not described']),
    ...(problem === null ? [] : [problem]),
  ];
  const own = Object.keys(headers).filter((name) => known.has(name) && !COMMON_HEADERS.includes(name));
  return {
    exercised: [key, ...own.map((name) => `${key} header ${name}`)],
    violations: violations.map((text) => `${key}: ${text}`),
  };
}
