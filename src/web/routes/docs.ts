import { extname } from 'node:path';
import type Router from '@koa/router';
import { ConvError } from '../../lib/errors';
import type { Context, State } from '../context';
import { compress } from '../middleware/compress';
import { loadAssets, type Asset } from '../reference/assets';
import { referencePage } from '../reference/page';

/** The checksum in the name changes with the content. */
const FOR_EVER = 'public, max-age=31536000, immutable';

function sendAsset(ctx: Context, { urlName, content }: Asset): void {
  ctx.set('Cache-Control', FOR_EVER);
  ctx.type = extname(urlName);
  ctx.body = content;
}

/** `GET /docs`, the API reference for browsers, and the files that it loads. Open to everybody. */
export function docsRoutes(router: Router<State>): void {
  let loading: ReturnType<typeof loadAssets> | undefined;
  const assets = () => (loading ??= loadAssets());

  router.get('/docs', compress, async (ctx) => {
    ctx.type = 'html';
    ctx.body = referencePage(await assets());
  });

  router.get('/docs/assets/:file', compress, async (ctx) => {
    const { file = '' } = ctx.params;
    const asset = Object.values(await assets()).find(({ urlName }) => urlName === file);
    if (!asset) throw new ConvError('NOT_FOUND', `there is no file "${file}"; load the page /docs again`);
    sendAsset(ctx, asset);
  });
}
