import { setTimeout as wait } from 'node:timers/promises';
import type { Database } from '../../../src/models/connect';
import { waitUntilNoneLeft } from '../../support/progress';
import type { TestWeb } from '../../support/web';
import { account, longestOutcomeGap, type Account } from './account';
import { watchAvailability } from './availability';
import { sendLoad, type Load } from './load';
import { recordRow } from './table';

/** How long each platform is under load, before a failover and after it. `npm run test:platforms` sends longer. */
const SECONDS = Number(process.env['PLATFORM_SECONDS'] ?? 5);
export const PER_SECOND = 100;
/** An outcome that is still missing when nothing has moved for so long is lost. */
const STALL_MS = 60_000;

export const loadTime = () => wait(SECONDS * 1000);

/** A platform to be measured. */
export interface Measured {
  platform: string;
  web: TestWeb;
  database: Database;
  perSecond?: number;
}

/** What was sent, and what became of it. */
export interface Measurement {
  load: Load;
  result: Account;
}

/** Waits until every acknowledged application has an outcome, or nothing moves any more. */
export async function settle(database: Database, load: Load): Promise<Account> {
  await waitUntilNoneLeft(async () => (await account(database, load)).lost, STALL_MS);
  return account(database, load);
}

/**
 * Sends applications while `during` runs, waits for their outcomes, and records the row of the platform.
 * @param during for example a failover; by default the load lasts some seconds
 */
export async function measure(
  { platform, web, database, perSecond = PER_SECOND }: Measured,
  during: () => Promise<unknown> = loadTime,
): Promise<Measurement> {
  const watch = watchAvailability(`${web.url}/readyz`);
  let isDone = false;
  const sending = sendLoad(web, perSecond, () => isDone);
  const disturbing = during().finally(() => (isDone = true));
  disturbing.catch(() => undefined); // It is awaited when the load has ended.
  const load = await sending;
  const reads = await watch.stop();
  await disturbing;
  const result = await settle(database, load);
  const outcome = await longestOutcomeGap(database, load);
  recordRow({ platform, ...result, longestMs: { acknowledgement: load.longestGapMs, reads, outcome } });
  return { load, result };
}
