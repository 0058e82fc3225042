import { stat, truncate } from 'node:fs/promises';
import { errorCode } from '../lib/errors';

const LONGEST_BYTES = 10 << 20;

/** Empties a store's log where it has grown long: it is for looking at, not for keeping. */
export async function shortenLog(path: string): Promise<void> {
  try {
    if ((await stat(path)).size > LONGEST_BYTES) await truncate(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
