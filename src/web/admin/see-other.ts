import type { Context } from '../context';

/** Sends the browser to another page, which it loads with GET. */
export function seeOther(ctx: Context, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}
