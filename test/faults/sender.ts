import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { ApplicationView } from '../../src/lib/domain';
import { applicationMaker, rivalOf, type Sent } from './applications';
import type { Answer, Caller } from './http';

const ANSWER_WITHIN_MS = 4000;
const LONGEST_BACKOFF_MS = 2000;
/** While so many are not acknowledged, no new ones are sent. */
const AT_ONCE = 200;
const TICK_MS = 50;
const SLOWEST_PER_SECOND = 40;
const FASTEST_PER_SECOND = 250;

/** How often, of one: what senders do beside sending once. */
const HABITS = { rival: 0.1, toBothAtOnce: 0.04, againLater: 0.06, givesUp: 0.01, outOfOrder: 0.2 };

export interface SenderSettings {
  secret: string;
  webs: readonly Caller[];
  random: () => number;
  run: string;
  onAcknowledged: () => void;
}

export interface Sender {
  sent: Sent[];
  /** Answers that a healthy application must never get. */
  wrong: string[];
  acknowledged(): number;
  /** Sends about so many within a time, faster where faults held it up; resolves when all are acknowledged or given up. */
  send(count: number, withinMs: number): Promise<void>;
  /** Delivers one once more, and resolves when it is acknowledged. */
  redeliver(sent: Sent): Promise<void>;
}

function headersOf(secret: string, body: string): Record<string, string> {
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Sends as an applicant-tracking system does: again until it is acknowledged, and now and then once too often. */
export function createSender({ secret, webs, random, run, onAcknowledged }: SenderSettings): Sender {
  const sent: Sent[] = [];
  const wrong: string[] = [];
  const began = Date.now();
  const make = applicationMaker(run, random);
  let acknowledged = 0;
  let waiting = 0;

  function note(one: Sent, what: string): void {
    one.history.push(`${((Date.now() - began) / 1000).toFixed(2)} s ${what}`);
  }

  function learn(one: Sent, { status, body }: Answer): boolean {
    if (status === 202) {
      const view = body as ApplicationView;
      note(one, `202 ${view.status} ${view.reason ?? view.conversation_id ?? ''}`);
      one.told.push(view);
      if (!one.acknowledged) acknowledged += 1;
      one.acknowledged = true;
      onAcknowledged();
      return true;
    }
    note(one, String(status));
    if (status < 500) wrong.push(`${one.event.id} was answered ${status}: ${JSON.stringify(body)}`);
    return false;
  }

  async function deliver(one: Sent, web: number): Promise<boolean> {
    const body = JSON.stringify(one.event);
    note(one, `to web ${web + 1}`);
    try {
      const answer = await (webs[web] as Caller).ask({
        method: 'POST',
        path: '/webhooks/applications',
        headers: headersOf(secret, body),
        body,
        withinMs: ANSWER_WITHIN_MS,
      });
      return learn(one, answer);
    } catch (error) {
      note(one, (error as Error).message);
      return false;
    }
  }

  const anyWeb = () => Math.floor(random() * webs.length);

  async function untilAcknowledged(one: Sent, maySurrender = false): Promise<boolean> {
    for (
      let backoff = 100;
      !(await deliver(one, anyWeb()));
      backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS)
    ) {
      if (maySurrender) return false;
      await wait(backoff * (0.5 + random()));
    }
    return true;
  }

  async function see(one: Sent): Promise<void> {
    sent.push(one);
    waiting += 1;
    if (random() < HABITS.outOfOrder) await wait(random() * 2000);
    if (random() < HABITS.toBothAtOnce) await Promise.all([deliver(one, 0), deliver(one, 1)]);
    const taken = one.acknowledged || (await untilAcknowledged(one, random() < HABITS.givesUp));
    waiting -= 1;
    for (let again = random(); taken && again < HABITS.againLater; again *= 3) {
      await wait(random() * 10_000);
      await untilAcknowledged(one);
    }
  }

  function sendOne(): Promise<void>[] {
    const one = make();
    const seen = [see(one)];
    if (random() < HABITS.rival) seen.push(see(rivalOf(one, make(), random() < 0.5)));
    return seen;
  }

  return {
    sent,
    wrong,
    acknowledged: () => acknowledged,
    async send(count, withinMs) {
      const until = Date.now() + withinMs;
      const all: Promise<void>[] = [];
      let due = 0;
      while (Date.now() < until) {
        const left = Math.max(0, count - sent.length) / ((until - Date.now()) / 1000);
        const rate = Math.min(FASTEST_PER_SECOND, Math.max(SLOWEST_PER_SECOND, left));
        for (due += (rate * TICK_MS) / 1000; due >= 1; due -= 1)
          if (waiting < AT_ONCE) all.push(...sendOne());
        await wait(TICK_MS);
      }
      await Promise.all(all);
    },
    async redeliver(one) {
      await untilAcknowledged(one);
    },
  };
}
