import type { Page } from '../conversations/page';
import type { Context } from './context';

/** The page of rows that are JSON already, and where the next one is: the same address with the cursor in it (RFC 8288). */
export function presentPage(ctx: Context, page: Page<string>): void {
  if (page.next_cursor !== null) {
    const parameters = new URLSearchParams(ctx.querystring);
    parameters.set('cursor', page.next_cursor);
    ctx.set('Link', `<${ctx.path}?${parameters.toString()}>; rel="next"`);
  }
  ctx.body = `{"data":[${page.data.join(',')}],"next_cursor":${JSON.stringify(page.next_cursor)}}`;
  ctx.type = 'json';
}
