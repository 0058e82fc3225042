import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type Koa from 'koa';
import type { Context, Middleware, State } from '../../../src/web/context';
import { BOARD_PATH } from '../../../src/web/routes/queue-board';
import { atEnd } from '../cleanup';
import { checkExchange, type Exchange } from './check-exchange';

/** What the exchanges of one test file exercised; global teardown merges the files. */
export interface Recording {
  testPath: string;
  exercised: string[];
}

/** Returns the folder of the recordings of this run, which global setup sets. */
export function recordingsFolder(): string {
  const folder = process.env['TEST_HTTP_RECORDINGS'];
  if (folder === undefined) throw new Error('global setup must set TEST_HTTP_RECORDINGS');
  return folder;
}

/** Writes what the tests of the running file exercised. */
export async function writeRecording(exercised: Iterable<string>): Promise<void> {
  const recording: Recording = { testPath: expect.getState().testPath ?? '', exercised: [...exercised] };
  await writeFile(join(recordingsFolder(), `${randomUUID()}.json`), JSON.stringify(recording));
}

function template(ctx: Context): string | null {
  if (ctx.path === BOARD_PATH) return BOARD_PATH; // Bull Board's own router replaces _matchedRoute.
  const route: unknown = ctx['_matchedRoute'];
  return typeof route === 'string' ? route.replace(/:(\w+)/g, '{$1}') : null;
}

const DECODERS: Readonly<Record<string, (content: Buffer) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
};

/** Returns the JSON that is sent; undefined without a body. */
function parseBody({ body, response }: Context): unknown {
  if (body === null || body === undefined) return undefined;
  if (!Buffer.isBuffer(body)) return JSON.parse(JSON.stringify(body));
  const decode = DECODERS[response.get('Content-Encoding')];
  return JSON.parse((decode ? decode(body) : body).toString());
}

function toExchange(ctx: Context): Exchange {
  const { rawBody } = ctx.request as { rawBody?: Buffer | string };
  return {
    method: ctx.method,
    template: template(ctx),
    querystring: ctx.querystring,
    requestHeaders: ctx.request.headers,
    requestBody: rawBody?.toString() ?? '',
    status: ctx.status,
    headers: ctx.response.headers,
    mediaType: ctx.response.type,
    body: /json/.test(ctx.response.type) ? parseBody(ctx) : undefined,
  };
}

/** The pages of operators are for people and not part of the API; only the board's address is described. test/admin tests them. */
const isPage = (ctx: Context) =>
  ctx.path === '/admin' ||
  (ctx.path.startsWith('/admin/') && (ctx.path !== BOARD_PATH || ctx.method !== 'GET'));

/** Long tests repeat themselves thousands of times, and a comparison of a full page takes milliseconds. */
const COMPARED = 50;

/**
 * Compares the first requests and responses of each kind (method, route, status) of this web application with the OpenAPI
 * description. A difference fails the test that caused it; the exercised parts are written for global teardown.
 */
export function recordHttp(): (app: Koa<State>) => void {
  const exercised = new Set<string>();
  const violations = new Set<string>();

  const counts = new Map<string, number>();
  const isOneOfMany = (ctx: Context): boolean => {
    const kind = `${ctx.method} ${template(ctx) ?? ''} ${ctx.status}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return count > COMPARED;
  };

  const record: Middleware = async (ctx, next) => {
    await next();
    if (isPage(ctx) || isOneOfMany(ctx)) return;
    const finding = await checkExchange(toExchange(ctx));
    for (const key of finding.exercised) exercised.add(key);
    for (const text of finding.violations) violations.add(text);
  };

  afterEach(() => {
    const found = [...violations];
    violations.clear();
    expect(found).toEqual([]); // Differs from src/web/openapi.
  });
  atEnd(() => writeRecording(exercised));
  return (app) => app.middleware.unshift(record);
}
