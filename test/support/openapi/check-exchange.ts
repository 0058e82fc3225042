import { parse } from 'node:querystring';
import { openapi } from '../../../src/web/openapi/document';
import type { Json, Method, Operation, ResponseObject } from '../../../src/web/openapi/types';
import { securityHeaders } from '../../../src/web/middleware/security-headers';
import { validateRequest, validateResponse } from './validators';

/** A request and its response, as the web application saw them. */
export interface Exchange {
  method: string;
  /** The path's template, such as `/conversations/{id}`; null if no route matched. */
  template: string | null;
  querystring: string;
  requestHeaders: Readonly<Record<string, unknown>>;
  requestBody: string;
  status: number;
  headers: Readonly<Record<string, unknown>>;
  mediaType: string;
  /** Parsed JSON; undefined for a stream or without a body. */
  body: unknown;
}

/** What an exchange showed: keys of what it exercised, and how it differs from the description. */
export interface Finding {
  exercised: string[];
  violations: string[];
}

/** Sent with every response, or made by HTTP itself. */
const COMMON_HEADERS = ['content-type', 'content-length', 'cache-control'];

const commonHeaders: Promise<Set<string>> = readCommonHeaders();

async function readCommonHeaders(): Promise<Set<string>> {
  const names: string[] = [...COMMON_HEADERS];
  const res = { setHeader: (name: string) => names.push(name.toLowerCase()) };
  await securityHeaders()({ res } as never, () => Promise.resolve());
  return new Set(names);
}

function lowerKeys(headers: Record<string, Json> = {}): Map<string, Json> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function convert(raw: string | string[], { type }: Json): unknown {
  const values = [raw].flat();
  if (type === 'array') return values.flatMap((value) => value.split(','));
  if (type === 'integer') return Number(raw);
  if (type === 'boolean') return raw === 'true' ? true : raw === 'false' ? false : raw;
  return raw;
}

/** Bodies may begin with a byte order mark, which JSON.parse refuses. */
const parseBody = ({ requestBody }: Exchange): unknown => JSON.parse(requestBody.replace(/^\uFEFF/, ''));

function checkRequest(key: string, operation: Operation, exchange: Exchange): Finding {
  const finding: Finding = { exercised: [], violations: [] };
  const { parameters = [] } = operation;
  for (const [name, raw = ''] of Object.entries(parse(exchange.querystring))) {
    const parameter = parameters.find((one) => one.in === 'query' && one.name === name);
    const problem = parameter && validateRequest(parameter.schema, convert(raw, parameter.schema));
    if (problem !== null) finding.violations.push(`query ${name}: ${problem ?? 'not described'}`);
    finding.exercised.push(`${key} ?${name}`);
  }
  for (const { in: place, name } of parameters) {
    const isSent = place === 'path' || exchange.requestHeaders[name.toLowerCase()] !== undefined;
    if (place !== 'query' && isSent) finding.exercised.push(`${key} ${place} ${name}`);
  }
  const content = operation.requestBody?.['content'] as Record<string, { schema: Json }> | undefined;
  const schema = content?.['application/json']?.schema;
  const problem = schema ? validateRequest(schema, parseBody(exchange)) : null;
  if (problem !== null) finding.violations.push(`request: ${problem}`);
  return finding;
}

function checkBody(response: ResponseObject, { method, mediaType, body, status }: Exchange): string[] {
  if (method === 'HEAD' || status === 304) return [];
  const content = response.content?.[mediaType] as { schema: Json } | undefined;
  if (!content) return [`content type ${mediaType} is not described`];
  const problem = body === undefined ? null : validateResponse(content.schema, body);
  return problem === null ? [] : [problem];
}

async function checkResponse(key: string, response: ResponseObject, exchange: Exchange): Promise<Finding> {
  const described = lowerKeys(response.headers);
  const common = await commonHeaders;
  const own = Object.keys(exchange.headers).filter((name) => !common.has(name));
  const unknown = own.filter((name) => !described.has(name)).map((name) => `header ${name} is not described`);
  const missing = [...described].filter(([name, { required }]) => required === true && !own.includes(name));
  const violations = [
    ...unknown,
    ...missing.map(([name]) => `header ${name} is missing`),
    ...checkBody(response, exchange),
  ];
  return { exercised: own.map((name) => `${key} < ${name}`), violations };
}

/** Requests without a route: 404 or 405, and OPTIONS. */
function checkUnrouted({ method, status }: Exchange): Finding {
  const isExpected = [404, 405, 501].includes(status) || method === 'OPTIONS';
  return { exercised: [], violations: isExpected ? [] : ['the route is not described'] };
}

function problemCode({ body }: Exchange): string[] {
  if (typeof body !== 'object' || body === null || !('type' in body)) return [];
  return typeof body.type === 'string' && body.type.startsWith('urn:') ? [`problem ${body.type}`] : [];
}

/** Compares an exchange with the description, in both directions as far as one exchange shows it. */
export async function checkExchange(exchange: Exchange): Promise<Finding> {
  const { method, template, status } = exchange;
  if (template === null) return checkUnrouted(exchange);
  const name = (method === 'HEAD' ? 'get' : method.toLowerCase()) as Method;
  const operation = openapi.paths[template]?.[name];
  const key = `${name} ${template}`;
  if (!operation) return { exercised: [], violations: [`${key} is not described`] };
  const response = operation.responses[status] ?? operation.responses['default'];
  if (!response) return { exercised: [], violations: [`${key}: status ${status} is not described`] };
  const findings = [await checkResponse(key, response, exchange)];
  if (status < 300) findings.push(checkRequest(key, operation, exchange));
  if (status === 304) findings.push({ exercised: [`${key} header If-None-Match`], violations: [] });
  return {
    exercised: [
      key,
      `${key} ${status}`,
      ...problemCode(exchange),
      ...findings.flatMap((one) => one.exercised),
    ],
    violations: findings.flatMap((one) => one.violations).map((text) => `${key} ${status}: ${text}`),
  };
}
