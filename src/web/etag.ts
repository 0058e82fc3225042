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

/** Returns the tags in If-Match or If-None-Match. */
const listTags = (header: string): string[] => header.split(',').map((tag) => tag.trim());

/** Returns a tag without the mark of weak tags, `W/"…"`, which compressed answers have. */
const strong = (tag: string): string => tag.replace(/^W\//, '');

/**
 * Sends one resource with its ETag, or 304 if If-None-Match names it. Koa's `ctx.fresh` is not used: it ignores If-None-Match in
 * requests with `Cache-Control: no-cache`, which fetch of Node adds.
 * @param parts what the tag is made of; by default the body
 */
export function sendResource(ctx: Context, body: object, ...parts: unknown[]): void {
  const tag = entityTag(...(parts.length > 0 ? parts : [body]));
  ctx.set('ETag', tag);
  ctx.body = body;
  const known = listTags(ctx.get('If-None-Match')).find((one) => one === '*' || strong(one) === tag);
  if (known === undefined) return;
  ctx.status = 304;
  if (known !== '*') ctx.set('ETag', known); // As the client knows it, so that its cache recognises the answer.
}

/** Returns whether a resource is the one that If-Match names; without the header every resource is. */
export function matchesRequest(ctx: Context, resource: object): boolean {
  const header = ctx.get('If-Match');
  if (header === '') return true;
  const expected = listTags(header).map((tag) => strong(tag).replace(/\.[^.]*"$/, '"'));
  return expected.includes('*') || expected.includes(entityTag(resource));
}
