import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context, Middleware } from '../context';

/** A smaller answer fits into one packet anyway. */
const MIN_BYTES = 1024;

/** Media types whose content is text. */
const TEXT = /^(?:text\/.+|application\/(?:[\w.-]+\+)?(?:json|javascript)|image\/svg\+xml)$/;

/** Brotli compresses better than gzip at the same cost up to this quality; its default, 11, takes seconds. */
const BROTLI_OPTIONS = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** The encodings in our order of preference. Node runs both outside of the event loop. */
const ENCODERS = {
  br: (content: Buffer) => promisify(brotliCompress)(content, BROTLI_OPTIONS),
  gzip: (content: Buffer) => promisify(gzip)(content),
} as const;

type Encoding = keyof typeof ENCODERS;
const ENCODINGS = Object.keys(ENCODERS) as Encoding[];

/** A route that always sends the same Buffer, such as a file in memory, has it compressed once. */
const compressed = new WeakMap<Buffer, Partial<Record<Encoding, Promise<Buffer>>>>();

function encode(content: Buffer, encoding: Encoding): Promise<Buffer> {
  const known = compressed.get(content) ?? {};
  compressed.set(content, known);
  return (known[encoding] ??= ENCODERS[encoding](content));
}

/** Whether the page of another site caused the request; see "Answers to other sites are not compressed" in docs/decisions.md. */
const isFromOtherSite = (ctx: Context): boolean =>
  !['', 'none', 'same-origin'].includes(ctx.get('Sec-Fetch-Site'));

function chooseEncoding(ctx: Context): Encoding | undefined {
  if (isFromOtherSite(ctx) || !TEXT.test(ctx.response.type)) return undefined;
  return ENCODINGS.find((name) => ctx.acceptsEncodings(name, 'identity') === name);
}

/** Returns the whole body if it is large enough; null for a stream without a known length, such as server-sent events. */
async function readBody(ctx: Context): Promise<Buffer | null> {
  const body: unknown = ctx.body;
  if (body === null || body === undefined) return null;
  if (body instanceof Readable)
    return Number(ctx.res.getHeader('Content-Length')) >= MIN_BYTES ? buffer(body) : null;
  const content = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return content.length < MIN_BYTES ? null : content;
}

/** A strong ETag names exact bytes. Those of a compressed answer are others, so its tag is weak. */
function weakenTag(ctx: Context): void {
  const tag: unknown = ctx.res.getHeader('ETag');
  if (typeof tag === 'string' && tag.startsWith('"')) ctx.set('ETag', `W/${tag}`);
}

/** Compresses answers of 1 KiB or more for clients that accept it, on the routes that it is mounted on. */
export const compress: Middleware = async (ctx, next) => {
  await next();
  ctx.vary('Accept-Encoding');
  const encoding = chooseEncoding(ctx);
  const content = encoding ? await readBody(ctx) : null;
  if (!encoding || !content) return;
  ctx.body = await encode(content, encoding);
  ctx.set('Content-Encoding', encoding);
  weakenTag(ctx);
};
