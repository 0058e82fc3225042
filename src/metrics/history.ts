import { callQueue, type ApplicationQueue } from '../queue/applications';
import { readTotals, type Totals } from './totals';
import { readSnapshots } from './snapshots';

const MINUTE_MS = 60_000;
/** A little longer than the longest period that is shown. */
const KEEP_SECONDS = 25 * 3600;
/** How many minutes may be missing, for example while no worker ran. */
const MAX_GAP = 10;

const keyOf = ({ queue }: ApplicationQueue, minute: number): string =>
  `${queue.opts.prefix ?? ''}:metrics:minute:${minute}`;

/** Stores what all processes have counted, once a minute: of several calls in a minute the first one counts. */
export async function recordTotals(open: ApplicationQueue): Promise<void> {
  const now = (await open.clock.now()).getTime();
  const key = keyOf(open, Math.floor(now / MINUTE_MS));
  const totals = JSON.stringify(await readTotals(await readSnapshots(open), now));
  await callQueue(() => open.connection.set(key, totals, 'EX', KEEP_SECONDS, 'NX'));
}

/** Returns what had been counted at that time, or up to ten minutes before; null if nothing was stored then. */
export async function findTotals(open: ApplicationQueue, at: number): Promise<Totals | null> {
  const last = Math.floor(at / MINUTE_MS);
  const keys = Array.from({ length: MAX_GAP }, (_, n) => keyOf(open, last - n));
  const found = (await callQueue(() => open.connection.mget(keys))).find((text) => text !== null);
  return found ? (JSON.parse(found) as Totals) : null;
}
