import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import type { ApplicationView } from '../../src/lib/domain';
import { applicationMaker, createRival, type Sent } from './applications';
import type { HttpResponse, HttpClient } from './http';

const TIMEOUT_MS = 4000;
const LONGEST_BACKOFF_MS = 2000;
/** No new applications are sent while this many are unacknowledged. */
const MAX_UNACKNOWLEDGED = 200;
const TICK_MS = 50;
const SLOWEST_PER_SECOND = 40;
const FASTEST_PER_SECOND = 250;

/** Shares of applications that are sent in unusual ways. */
const SHARES = { rival: 0.1, toBothWebs: 0.04, redeliveredLater: 0.06, givenUp: 0.01, delayed: 0.2 };

export interface SenderSettings {
  secret: string;
  webs: readonly HttpClient[];
  random: () => number;
  run: string;
  onAcknowledged: () => void;
}

export interface Sender {
  sent: Sent[];
  /** Responses that a valid application must never get. */
  unexpected: string[];
  acknowledged(): number;
  /** Sends about `count` applications in a time, faster after faults. Resolves when all are acknowledged or given up. */
  send(count: number, withinMs: number): Promise<void>;
  /** Delivers an application again until it is acknowledged. */
  redeliver(sent: Sent): Promise<void>;
  /** Sends a new application of a candidate, with new data. Resolves when it is acknowledged or given up. */
  applyAgain(candidateId: string): Promise<void>;
}

function signedHeaders(secret: string, body: string): Record<string, string> {
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

/** Sends as an applicant-tracking system does: again until acknowledged, and sometimes more often than needed. */
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

  function handleResponse(one: Sent, { status, body }: HttpResponse): boolean {
    if (status === 202) {
      const view = body as ApplicationView;
      note(one, `202 ${view.status} ${view.reason ?? view.conversation_id ?? ''}`);
      one.responses.push(view);
      if (one.acknowledgedAt === null) acknowledged += 1;
      one.acknowledgedAt ??= Date.now();
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
    one.sentAt ??= Date.now();
    try {
      const answer = await (webs[web] as HttpClient).request({
        method: 'POST',
        path: '/webhooks/applications',
        headers: signedHeaders(secret, body),
        body,
        withinMs: TIMEOUT_MS,
      });
      return handleResponse(one, answer);
    } catch (error) {
      note(one, (error as Error).message);
      return false;
    }
  }

  const anyWeb = () => Math.floor(random() * webs.length);

  async function untilAcknowledged(one: Sent, mayGiveUp = false): Promise<boolean> {
    for (
      let backoff = 100;
      !(await deliver(one, anyWeb()));
      backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS)
    ) {
      if (mayGiveUp) return false;
      await wait(backoff * (0.5 + random()));
    }
    return true;
  }

  async function sendUntilDone(one: Sent): Promise<void> {
    sent.push(one);
    waiting += 1;
    if (random() < SHARES.delayed) await wait(random() * 2000);
    if (random() < SHARES.toBothWebs) await Promise.all([deliver(one, 0), deliver(one, 1)]);
    const taken = one.acknowledgedAt !== null || (await untilAcknowledged(one, random() < SHARES.givenUp));
    waiting -= 1;
    for (let again = random(); taken && again < SHARES.redeliveredLater; again *= 3) {
      await wait(random() * 10_000);
      await untilAcknowledged(one);
    }
  }

  function sendOne(): Promise<void>[] {
    const one = make();
    const seen = [sendUntilDone(one)];
    if (random() < SHARES.rival) seen.push(sendUntilDone(createRival(one, make(), random() < 0.5)));
    return seen;
  }

  return {
    sent,
    unexpected: wrong,
    acknowledged: () => acknowledged,
    async send(count, withinMs) {
      const until = Date.now() + withinMs;
      const all: Promise<void>[] = [];
      let due = 0;
      while (Date.now() < until) {
        const left = Math.max(0, count - sent.length) / ((until - Date.now()) / 1000);
        const rate = Math.min(FASTEST_PER_SECOND, Math.max(SLOWEST_PER_SECOND, left));
        for (due += (rate * TICK_MS) / 1000; due >= 1; due -= 1)
          if (waiting < MAX_UNACKNOWLEDGED) all.push(...sendOne());
        await wait(TICK_MS);
      }
      await Promise.all(all);
    },
    async redeliver(one) {
      await untilAcknowledged(one);
    },
    async applyAgain(candidateId) {
      const one = make();
      one.event.candidate_id = candidateId;
      await sendUntilDone(one);
    },
  };
}
