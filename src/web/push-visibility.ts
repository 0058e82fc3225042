import { isPushingOn } from '../events/switch-pushing-on';
import { cacheFor } from '../lib/cache-for';
import { withDeadline } from '../lib/shutdown';
import type { Database } from '../models/connect';

/** The board asks for each of its requests, several times a second. */
const CACHE_MS = 2000;
/** The board shows what Redis knows, so it must not wait for PostgreSQL. */
const ANSWER_WITHIN_MS = 500;

/**
 * Returns a function that tells whether the queue board shows the queue `push`: since pushing was first switched on, which the
 * first worker with EVENTS_URL does. In doubt, while PostgreSQL is down, it is shown.
 */
export function createPushVisibility(database: Database): () => Promise<boolean> {
  let isOn = false;
  const read = cacheFor(CACHE_MS, async () => {
    let shown = true;
    const check = isPushingOn(database).then(
      (on) => (isOn = shown = on),
      () => undefined,
    );
    await withDeadline(check, ANSWER_WITHIN_MS);
    return shown;
  });
  return async () => isOn || read();
}
