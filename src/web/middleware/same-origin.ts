import { ConvError } from '../../lib/errors';
import type { Context } from '../context';

/**
 * Refuses a change that is not known to come from a page of conv itself: browsers send passwords and cookies with requests of other
 * pages too. They never add a bearer token.
 * @throws ConvError FORBIDDEN
 */
export function assertSameOrigin(ctx: Context): void {
  if (/^Bearer /i.test(ctx.get('Authorization'))) return;
  const site = ctx.get('Sec-Fetch-Site');
  const origin = ctx.get('Origin');
  const foreignSite = site !== '' && site !== 'same-origin' && site !== 'none';
  const foreignOrigin = origin !== '' && (!URL.canParse(origin) || new URL(origin).host !== ctx.host);
  if (foreignSite || foreignOrigin || site + origin === '')
    throw new ConvError(
      'FORBIDDEN',
      'only conv’s own pages may change something here; a program sends Authorization: Bearer conv_…',
    );
}
