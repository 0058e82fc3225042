import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { FeedEvent } from '../../src/lib/domain';

/** One block of a stream: an event, or a heartbeat with a cursor. */
export interface Frame {
  id: string | undefined;
  comment: string | undefined;
  event: FeedEvent | undefined;
}

export interface EventStream {
  status: number;
  frames: Frame[];
  /** Returns the ids of the events received so far. */
  ids(): string[];
  /** Resolves when the stream is closed: true if the server ended it, false if the connection broke. */
  ended: Promise<boolean>;
  isOpen(): boolean;
  /** Starts reading a stream that was opened with `paused`. */
  resume(): void;
  close(): void;
}

function parse(block: string): Frame {
  const lines = block.split('\n');
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field('data');
  return {
    id: field('id'),
    comment: field(''),
    event: data === undefined ? undefined : (JSON.parse(data) as FeedEvent),
  };
}

interface Options {
  path?: string;
  lastEventId?: string | null | undefined;
  /** Called for each event until `close` is called. */
  onEvent?: (event: FeedEvent) => void;
  /** Reads nothing from the socket until `resume` is called. */
  paused?: boolean;
}

/** Opens a stream of server-sent events on its own connection; resolves when the response has started. */
export async function openStream(
  { url, token }: { url: string | undefined; token: string },
  { path = '/events', lastEventId, onEvent, paused = false }: Options = {},
): Promise<EventStream> {
  const call = get(`${url}${path}`, {
    agent: false,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'text/event-stream',
      ...(lastEventId && { 'Last-Event-ID': lastEventId }),
    },
  });
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  call.on('error', () => undefined); // A broken connection; `ended` reports it.
  const frames: Frame[] = [];
  let open = true;
  let rest = '';
  function take(chunk: string): void {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const frame of blocks.map(parse)) {
      if (!open) return;
      frames.push(frame);
      if (frame.event) onEvent?.(frame.event);
    }
  }
  response.on('error', () => undefined); // The same.
  const ended = new Promise<boolean>((resolve) => {
    response.once('close', () => {
      open = false;
      resolve(response.complete);
    });
  });
  const resume = () => void response.setEncoding('utf8').on('data', take);
  if (!paused) resume();
  return {
    status: response.statusCode ?? 0,
    frames,
    ids: () => frames.flatMap(({ event }) => (event ? [event.id] : [])),
    ended,
    isOpen: () => open,
    resume,
    close() {
      open = false;
      call.destroy();
    },
  };
}
