import { setTimeout as wait } from 'node:timers/promises';
import type { ConversationView } from '../../src/lib/domain';
import type { HttpResponse, HttpRequest, HttpClient } from './http';

/** An event of the feed as its reader receives it. */
export interface SeenEvent {
  id: string;
  type: string;
  data: ConversationView;
}

interface Page {
  data: SeenEvent[];
  next_cursor: string | null;
}

export interface ReaderSettings {
  token: string;
  webs: readonly HttpClient[];
  random: () => number;
}

const RETRY_AFTER_MS = 200;

/** Repeats a request to both web processes until one answers 2xx. Rejects on 4xx, which would be a bug. */
export async function requestUntilAnswered(
  { token, webs, random }: ReaderSettings,
  request: Omit<HttpRequest, 'headers'>,
): Promise<HttpResponse> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  for (;;) {
    const web = webs[Math.floor(random() * webs.length)] as HttpClient;
    const answer = await web.request({ ...request, headers }).catch(() => null); // Disconnected or timed out: try again.
    if (answer && answer.status < 300) return answer;
    if (answer && answer.status < 500)
      throw new Error(`${request.method} ${request.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    await wait(RETRY_AFTER_MS);
  }
}

export interface Follower {
  seen: SeenEvent[];
  /** Stops reading; rejects if reading has failed. */
  stop(): Promise<void>;
}

/** Follows GET /events by its cursor with long polls, through every fault. */
export function follow(settings: ReaderSettings, onEvent: (event: SeenEvent) => void): Follower {
  const seen: SeenEvent[] = [];
  let stopped = false;

  async function run(): Promise<void> {
    let cursor = '';
    while (!stopped) {
      const path = `/events?limit=200&wait=2${cursor && `&after=${cursor}`}`;
      const { body } = await requestUntilAnswered(settings, { method: 'GET', path, withinMs: 6000 });
      const { data, next_cursor } = body as Page;
      for (const event of data) {
        seen.push(event);
        onEvent(event);
      }
      cursor = next_cursor ?? cursor;
    }
  }

  const running = run();
  running.catch(() => undefined); // stop() rejects with it.
  return {
    seen,
    stop() {
      stopped = true;
      return running;
    },
  };
}

/** Share of conversations that become ONGOING, and share of those that become COMPLETED. */
const ONGOING_SHARE = 0.4;
const COMPLETED_SHARE = 0.7;
const LONGEST_WAIT_MS = 8000;

export interface Mover {
  /** The last confirmed status of each moved conversation. */
  moved: Map<string, string>;
  begin(conversation: ConversationView): void;
  /** Stops after the current moves; rejects if one has failed. */
  stop(): Promise<void>;
}

/** Moves conversations on as the messaging process does, so that their candidates can apply again. */
export function createMover(settings: ReaderSettings): Mover {
  const moved = new Map<string, string>();
  const running: Promise<void>[] = [];
  let stopped = false;
  const { random } = settings;

  async function moveTo(id: string, status: string): Promise<void> {
    await wait(random() * LONGEST_WAIT_MS);
    if (stopped) return;
    await requestUntilAnswered(settings, {
      method: 'PATCH',
      path: `/conversations/${id}`,
      body: JSON.stringify({ status }),
      withinMs: 6000,
    });
    moved.set(id, status);
  }

  async function move(id: string): Promise<void> {
    if (random() > ONGOING_SHARE) return;
    await moveTo(id, 'ONGOING');
    if (random() < COMPLETED_SHARE) await moveTo(id, 'COMPLETED');
  }

  return {
    moved,
    begin: ({ id }) => {
      const one = move(id);
      one.catch(() => undefined); // stop() rejects with it.
      running.push(one);
    },
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
