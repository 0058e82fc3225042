import { setTimeout as wait } from 'node:timers/promises';
import type { ConversationView } from '../../src/lib/domain';
import type { Answer, Ask, Caller } from './http';

/** An event of the feed as a reader sees it. */
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
  webs: readonly Caller[];
  random: () => number;
}

const AGAIN_AFTER_MS = 200;

/** Asks one web or the other until one answers well; what says that we are wrong rejects. */
export async function askUntilAnswered(
  { token, webs, random }: ReaderSettings,
  ask: Omit<Ask, 'headers'>,
): Promise<Answer> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  for (;;) {
    const web = webs[Math.floor(random() * webs.length)] as Caller;
    const answer = await web.ask({ ...ask, headers }).catch(() => null); // Cut off or silent: another time.
    if (answer && answer.status < 300) return answer;
    if (answer && answer.status < 500)
      throw new Error(`${ask.method} ${ask.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    await wait(AGAIN_AFTER_MS);
  }
}

export interface Follower {
  seen: SeenEvent[];
  /** Ends it; rejects with what went wrong on the way, if anything did. */
  stop(): Promise<void>;
}

/** Follows GET /events by its cursor, with long polls, through every fault. */
export function follow(settings: ReaderSettings, onEvent: (event: SeenEvent) => void): Follower {
  const seen: SeenEvent[] = [];
  let stopped = false;

  async function run(): Promise<void> {
    let cursor = '';
    while (!stopped) {
      const path = `/events?limit=200&wait=2${cursor && `&after=${cursor}`}`;
      const { body } = await askUntilAnswered(settings, { method: 'GET', path, withinMs: 6000 });
      const { data, next_cursor } = body as Page;
      for (const event of data) {
        seen.push(event);
        onEvent(event);
      }
      cursor = next_cursor ?? cursor;
    }
  }

  const running = run();
  running.catch(() => undefined); // Told by stop().
  return {
    seen,
    stop() {
      stopped = true;
      return running;
    },
  };
}

/** How many conversations are answered, and how many of those come to their end. */
const ANSWERED = 0.4;
const ENDED = 0.7;
const LONGEST_WAIT_MS = 8000;

export interface Mover {
  /** The status that each moved conversation was told to have. */
  moved: Map<string, string>;
  begin(conversation: ConversationView): void;
  /** Ends it after the moves in hand; rejects with what went wrong, if anything did. */
  stop(): Promise<void>;
}

/** Moves conversations on, as the messaging process does, so that their candidates are free again. */
export function createMover(settings: ReaderSettings): Mover {
  const moved = new Map<string, string>();
  const running: Promise<void>[] = [];
  let stopped = false;
  const { random } = settings;

  async function moveTo(id: string, status: string): Promise<void> {
    await wait(random() * LONGEST_WAIT_MS);
    if (stopped) return;
    await askUntilAnswered(settings, {
      method: 'PATCH',
      path: `/conversations/${id}`,
      body: JSON.stringify({ status }),
      withinMs: 6000,
    });
    moved.set(id, status);
  }

  async function move(id: string): Promise<void> {
    if (random() > ANSWERED) return;
    await moveTo(id, 'ONGOING');
    if (random() < ENDED) await moveTo(id, 'COMPLETED');
  }

  return {
    moved,
    begin: ({ id }) => {
      const one = move(id);
      one.catch(() => undefined); // Told by stop().
      running.push(one);
    },
    async stop() {
      stopped = true;
      await Promise.all(running);
    },
  };
}
