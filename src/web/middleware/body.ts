import bodyParser from 'koa-bodyparser';
import { ConvError } from '../../lib/errors';
import type { Context, Middleware } from '../context';

const LIMIT = '64kb';

/**
 * The body as bytes: a signature is over exactly what was sent. With `encoding: null` (co-body's, which the types do not know)
 * koa-bodyparser's text reader hands over the Buffer; it would decode JSON leniently, so that is done strictly below.
 */
const options: bodyParser.Options & { encoding: null } = {
  enableTypes: ['text'],
  extendTypes: { text: ['json', '+json'] },
  textLimit: LIMIT,
  encoding: null,
};
const read = bodyParser(options);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a JSON body of at most 64 KiB into `rawBody`. 415 for another type or a compressed one, 413 for a larger one. */
export const jsonBody: Middleware = async (ctx, next) => {
  if (!/^(identity)?$/i.test(ctx.get('Content-Encoding')))
    throw new ConvError(
      'NOT_JSON',
      'send the body without Content-Encoding: a signature is over the bytes sent',
    );
  if (!ctx.is('json', '+json'))
    throw new ConvError('NOT_JSON', 'send the body with Content-Type: application/json');
  try {
    await read(ctx, () => Promise.resolve());
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 413)
      throw new ConvError('TOO_LARGE', 'the body is larger than 64 KiB', { cause: error });
    throw error;
  }
  await next();
};

/** The body's bytes, as sent. */
export function rawBody(ctx: Context): Buffer {
  const { rawBody } = ctx.request;
  if (!Buffer.isBuffer(rawBody)) throw new Error('jsonBody must run before the body is used');
  return rawBody;
}

/**
 * The body as JSON.
 * @throws ConvError MALFORMED for what is not UTF-8 or not JSON
 */
export function parsedBody(ctx: Context): unknown {
  try {
    return JSON.parse(utf8.decode(rawBody(ctx)));
  } catch (error) {
    throw new ConvError('MALFORMED', 'the body is not readable as JSON in UTF-8', { cause: error });
  }
}
