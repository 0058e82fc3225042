import { setTimeout as wait } from 'node:timers/promises';
import { getEvents, readPage } from '../../support/feed';
import { openStream } from '../../support/sse';

/** Where a reader may connect: it takes another one at each restart. */
export interface Reader {
  kind: 'pull' | 'poll' | 'stream';
  /** What it has, with the cursor, stored at once: a restart loses what is not here and nothing else. */
  names: string[];
  cursor: string | null;
  restarts: number;
}

interface Surroundings {
  webs: readonly { url: string; token: string }[];
  random: () => number;
  stopped: AbortSignal;
}

/** Pages until it is stopped; `wait` makes it a long poll, which is broken off in the middle now and then. */
async function readPages(reader: Reader, webOf: () => Surroundings['webs'][number], around: Surroundings) {
  const { random, stopped } = around;
  const after = reader.cursor === null ? '' : `&after=${reader.cursor}`;
  const waits = reader.kind === 'poll' ? '&wait=5' : '';
  const breaksOff = random() < 0.2;
  const signals = [stopped, AbortSignal.timeout(breaksOff ? Math.ceil(random() * 1000) : 30_000)];
  try {
    const query = `?limit=${1 + Math.floor(random() * 20)}${after}${waits}`;
    const page = await readPage(await getEvents(webOf(), query, AbortSignal.any(signals)));
    if (random() < 0.1)
      reader.restarts += 1; // Ended between reading and storing: it all comes again.
    else {
      reader.names.push(...page.data.map(({ data }) => data.id));
      reader.cursor = page.next_cursor;
    }
    if (page.data.length === 0 && reader.kind === 'pull') await wait(50 * random());
  } catch (error) {
    if (!breaksOff && !stopped.aborted) throw error;
    reader.restarts += 1;
  }
}

/** One stream, closed after some events or some time, whichever is first. */
async function readStream(reader: Reader, webOf: () => Surroundings['webs'][number], around: Surroundings) {
  const { random, stopped } = around;
  let left = Math.ceil(random() * 60);
  const enough = new AbortController();
  const stream = await openStream(webOf(), {
    lastEventId: reader.cursor,
    onEvent(event) {
      if (left === 0) return; // Sent and lost: the reader had ended.
      reader.names.push(event.data.id);
      reader.cursor = event.id;
      left -= 1;
      if (left === 0) enough.abort();
    },
  });
  expect(stream.status).toBe(200);
  const time = AbortSignal.timeout(200 + Math.ceil(random() * 4000));
  const over = AbortSignal.any([stopped, enough.signal, time]);
  if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  expect(stream.isOpen()).toBe(true); // Nobody but the reader ends it.
  left = 0;
  stream.close();
  reader.restarts += 1;
}

/** Reads and restarts until it is stopped. */
export async function read(reader: Reader, around: Surroundings): Promise<void> {
  const { webs, random, stopped } = around;
  const webOf = () => {
    const web = webs[Math.floor(random() * webs.length)];
    if (!web) throw new Error('there is no web to read from');
    return web;
  };
  const once = reader.kind === 'stream' ? readStream : readPages;
  while (!stopped.aborted) await once(reader, webOf, around);
}
