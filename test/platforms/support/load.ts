import { setTimeout as wait } from 'node:timers/promises';
import { applicationEvent } from '../../support/factories';
import { post, type TestWeb } from '../../support/web';

const TICK_MS = 20;
const RETRY_MS = 200;

/** What was sent, and what was acknowledged. */
export interface Load {
  sent: number;
  /** Ids of the applications that were answered 202. */
  acknowledged: Set<string>;
  /** Longest time between two acknowledgements. */
  longestGapMs: number;
}

/**
 * Sends signed applications of different candidates at a rate, each until it is acknowledged.
 * @param until called every 20 ms; the load ends when it returns true
 */
export async function sendLoad(target: TestWeb, perSecond: number, until: () => boolean): Promise<Load> {
  const load: Load = { sent: 0, acknowledged: new Set(), longestGapMs: 0 };
  const began = Date.now();
  let lastAcknowledged = began;

  async function deliver(event: object): Promise<void> {
    while ((await post(target, event).catch(() => null))?.status !== 202) await wait(RETRY_MS);
  }

  async function send(): Promise<void> {
    const event = applicationEvent();
    load.sent += 1;
    await deliver(event);
    load.acknowledged.add(event.id);
    load.longestGapMs = Math.max(load.longestGapMs, Date.now() - lastAcknowledged);
    lastAcknowledged = Date.now();
  }

  const sending: Promise<void>[] = [];
  while (!until()) {
    const due = ((Date.now() - began) * perSecond) / 1000;
    while (load.sent < due) sending.push(send());
    await wait(TICK_MS);
  }
  await Promise.all(sending);
  return load;
}

/** Returns a condition that becomes true after this time. */
export function afterSeconds(seconds: number): () => boolean {
  const end = Date.now() + seconds * 1000;
  return () => Date.now() >= end;
}
