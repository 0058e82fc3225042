import { hash } from 'node:crypto';
import type { Context } from './context';

/**
 * Returns the ETag of a resource: a checksum for each of its parts. If-Match compares the first part only, so the tag of a
 * conversation that was read with its candidate can be used to move the conversation.
 */
export function entityTag(...parts: unknown[]): string {
  const sums = parts.map((part) => hash('sha256', JSON.stringify(part), 'base64url').slice(0, 22));
  return `"${sums.join('.')}"`;
}

/** Returns the tags in If-Match or If-None-Match. A proxy that compresses marks tags as weak, `W/"…"`; the mark is removed. */
function listTags(header: string): string[] {
  return header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
}

/**
 * Sends one resource with its ETag, or 304 if If-None-Match names it. Koa's `ctx.fresh` is not used: it ignores If-None-Match in
 * requests with `Cache-Control: no-cache`, which fetch of Node adds.
 * @param parts what the tag is made of; by default the body
 */
export function sendResource(ctx: Context, body: object, ...parts: unknown[]): void {
  const tag = entityTag(...(parts.length > 0 ? parts : [body]));
  ctx.set('ETag', tag);
  ctx.body = body;
  const known = listTags(ctx.get('If-None-Match'));
  if (known.includes(tag) || known.includes('*')) ctx.status = 304;
}

/** Returns whether a resource is the one that If-Match names; without the header every resource is. */
export function matchesRequest(ctx: Context, resource: object): boolean {
  const header = ctx.get('If-Match');
  if (header === '') return true;
  const expected = listTags(header).map((tag) => tag.replace(/\.[^.]*"$/, '"'));
  return expected.includes('*') || expected.includes(entityTag(resource));
}
