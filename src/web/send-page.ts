import type { Page } from '../lists/page';
import type { Context } from './context';

/** The page, and where the next one is: the same address with the cursor in it (RFC 8288). */
export function sendPage<T>(ctx: Context, page: Page<T>): void {
  if (page.next_cursor !== null) {
    const parameters = new URLSearchParams(ctx.querystring);
    parameters.set('cursor', page.next_cursor);
    ctx.set('Link', `<${ctx.path}?${parameters.toString()}>; rel="next"`);
  }
  ctx.body = page;
}
