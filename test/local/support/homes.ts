import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destroyHome } from '../../../src/local/stores';

/** Homes for one test file, in a folder with a space in its name that only its owner can enter (0700). */
export class Homes {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'conv test ')));
  readonly #homes: string[] = [];

  next(): string {
    const home = join(this.#folder, `home ${this.#homes.length}`);
    this.#homes.push(home);
    return home;
  }

  /** Removes all data, including what is kept outside the homes. */
  async destroy(): Promise<void> {
    for (const home of this.#homes) await destroyHome(home);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const silent = (): void => undefined;
