import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the folder of this package. Its distance differs: this file runs in `src/` under test, and in `dist/src/` built. It is
 * the one with bin/conv: the build puts a copy of package.json into `dist/`.
 */
export function packageRoot(folder = __dirname): string {
  return existsSync(join(folder, 'bin/conv')) ? folder : packageRoot(dirname(folder));
}
