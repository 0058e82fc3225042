import bodyParser from 'koa-bodyparser';
import { ConvError } from '../../lib/errors';
import type { Context, Middleware } from '../context';

const LIMIT_KB = 64;
/** A form of the operators may name a page of applications, with ids of any text. */
const FORM_LIMIT_KB = 256;

/**
 * Keeps the body as bytes, because a signature covers exactly the bytes sent. koa-bodyparser returns the Buffer for text with
 * `encoding: null`, an option of co-body that the types lack. parsedBody decodes it, more strictly than koa-bodyparser would.
 */
const options: bodyParser.Options & { encoding: null } = {
  enableTypes: ['text'],
  extendTypes: { text: ['json', '+json'] },
  textLimit: `${LIMIT_KB}kb`,
  encoding: null,
};
const readBody = bodyParser(options);
const readForm = bodyParser({ enableTypes: ['form'], formLimit: `${FORM_LIMIT_KB}kb` });

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws ConvError TOO_LARGE */
async function read(ctx: Context, parser: typeof readBody, limitKb: number): Promise<void> {
  try {
    await parser(ctx, () => Promise.resolve());
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 413)
      throw new ConvError('TOO_LARGE', `the body is larger than ${limitKb} KiB`, { cause: error });
    throw error;
  }
}

/** Reads a JSON body of at most 64 KiB into `rawBody`. Another media type or a compressed body is 415, a larger one 413. */
export const jsonBody: Middleware = async (ctx, next) => {
  if (!/^(identity)?$/i.test(ctx.get('Content-Encoding')))
    throw new ConvError(
      'NOT_JSON',
      'send the body without Content-Encoding: a signature covers the bytes as sent',
    );
  if (!ctx.is('json', '+json'))
    throw new ConvError('NOT_JSON', 'send the body with Content-Type: application/json');
  await read(ctx, readBody, LIMIT_KB);
  await next();
};

/** Reads the body of an HTML form, of at most 256 KiB. */
export const formBody: Middleware = async (ctx, next) => {
  await read(ctx, readForm, FORM_LIMIT_KB);
  await next();
};

/** Returns a field of the form as sent; empty where it is missing or repeated. */
export function formField(ctx: Context, name: string): string {
  const fields: unknown = ctx.request.body;
  const value: unknown =
    typeof fields === 'object' && fields !== null ? Reflect.get(fields, name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** Returns all values of a field of the form that may be repeated. */
export function formFields(ctx: Context, name: string): string[] {
  const body: unknown = ctx.request.rawBody;
  return typeof body === 'string' ? new URLSearchParams(body).getAll(name) : [];
}

/** Returns the bytes of the body as sent. */
export function rawBody(ctx: Context): Buffer {
  const { rawBody } = ctx.request;
  if (!Buffer.isBuffer(rawBody)) throw new Error('jsonBody must run before the body is used');
  return rawBody;
}

/**
 * Returns the body parsed as JSON.
 * @throws ConvError MALFORMED if it is not UTF-8 or not JSON
 */
export function parsedBody(ctx: Context): unknown {
  try {
    return JSON.parse(utf8.decode(rawBody(ctx)));
  } catch (error) {
    throw new ConvError('MALFORMED', 'the body is not valid JSON in UTF-8', { cause: error });
  }
}
