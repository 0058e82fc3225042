import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { packageRoot } from '../../lib/package-root';

const PUBLIC = join(packageRoot(), 'src/web/public');
const SWAGGER_UI = 'swagger-ui-dist';

/** The files that the pages load, by name. */
const FILES = {
  'swagger-ui-bundle.js': SWAGGER_UI,
  'swagger-ui.css': SWAGGER_UI,
  'reference.js': PUBLIC,
  'reference.css': PUBLIC,
} as const;

type AssetName = keyof typeof FILES;

/** A file that pages load. */
export interface Asset {
  /** The name in its URL: it contains a checksum, so browsers may keep the file for ever. */
  urlName: string;
  content: Buffer;
}

export type Assets = Readonly<Record<AssetName, Asset>>;

async function loadAsset(name: AssetName, folder: string): Promise<Asset> {
  const content = await readFile(require.resolve(`${folder}/${name}`));
  const { name: stem, ext } = parse(name);
  const urlName = `${stem}-${hash('sha256', content).slice(0, 12)}${ext}`;
  return { urlName, content };
}

/** Reads the files that pages load. */
export async function loadAssets(): Promise<Assets> {
  const entries = Object.entries(FILES) as [AssetName, string][];
  const assets = await Promise.all(
    entries.map(async ([name, folder]) => [name, await loadAsset(name, folder)] as const),
  );
  return Object.fromEntries(assets) as Assets;
}
