import type Router from '@koa/router';
import { ConvError } from '../../lib/errors';
import type { State } from '../context';
import { createGuides, GUIDES } from '../docs/guides';
import { compress } from '../middleware/compress';

/** `GET /docs/guides/{name}`: a guide for integrators, open to everybody. */
export function guideRoutes(router: Router<State>): void {
  const renderGuide = createGuides();
  router.get('/docs/guides/:name', compress, async (ctx) => {
    const name = ctx.params['name'] ?? '';
    const page = await renderGuide(name);
    const names = GUIDES.map((guide) => guide.name).join(', ');
    if (page === null)
      throw new ConvError('NOT_FOUND', `there is no guide ${JSON.stringify(name)}: expected ${names}`);
    ctx.type = 'text/html';
    ctx.body = page;
  });
}
