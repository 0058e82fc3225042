import type { Page } from '../lists/page';
import type { Context } from './context';

/** Sends a page, with a Link header to the next one (RFC 8288): the same URL with the cursor in it. */
export function sendPage<T>(ctx: Context, page: Page<T>): void {
  if (page.next_cursor !== null) {
    const parameters = new URLSearchParams(ctx.querystring);
    parameters.set('cursor', page.next_cursor);
    ctx.set('Link', `<${ctx.path}?${parameters.toString()}>; rel="next"`);
  }
  ctx.body = page;
}
