import { setTimeout as wait } from 'node:timers/promises';
import { applicationEvent } from '../../support/factories';
import { post, type TestWeb } from '../../support/web';

const TICK_MS = 20;
const RETRY_MS = 200;
/** No new applications are sent while this many are unacknowledged: a sender that waits does not overload what recovers. */
const MAX_UNACKNOWLEDGED = 200;
/** An application that is refused for so long stays unacknowledged. */
const GIVE_UP_AFTER_MS = 60_000;

/** What was sent, and what was acknowledged. */
export interface Load {
  sent: number;
  /** Ids of the applications that were answered 202. */
  acknowledged: Set<string>;
  /** Longest time between two acknowledgements. */
  longestGapMs: number;
}

/**
 * Sends signed applications of different candidates at a rate, each until it is acknowledged or given up.
 * @param until called every 20 ms; the load ends when it returns true
 */
export async function sendLoad(target: TestWeb, perSecond: number, until: () => boolean): Promise<Load> {
  const load: Load = { sent: 0, acknowledged: new Set(), longestGapMs: 0 };
  const began = Date.now();
  let lastAcknowledged = began;
  let waiting = 0;

  async function deliver(event: object): Promise<boolean> {
    const giveUpAt = Date.now() + GIVE_UP_AFTER_MS;
    while (Date.now() < giveUpAt) {
      if ((await post(target, event).catch(() => null))?.status === 202) return true;
      await wait(RETRY_MS);
    }
    return false;
  }

  async function send(): Promise<void> {
    const event = applicationEvent();
    load.sent += 1;
    waiting += 1;
    const acknowledged = await deliver(event);
    waiting -= 1;
    if (!acknowledged) return;
    load.acknowledged.add(event.id);
    load.longestGapMs = Math.max(load.longestGapMs, Date.now() - lastAcknowledged);
    lastAcknowledged = Date.now();
  }

  const sending: Promise<void>[] = [];
  while (!until()) {
    const due = ((Date.now() - began) * perSecond) / 1000;
    while (load.sent < due && waiting < MAX_UNACKNOWLEDGED) sending.push(send());
    await wait(TICK_MS);
  }
  await Promise.all(sending);
  return load;
}
