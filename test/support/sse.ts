import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { FeedEvent } from '../../src/lib/domain';

/** One block of a stream: an event, or a heartbeat with the cursor alone. */
export interface Frame {
  id: string | undefined;
  comment: string | undefined;
  event: FeedEvent | undefined;
}

export interface EventStream {
  status: number;
  frames: Frame[];
  /** The ids of the events so far. */
  ids(): string[];
  /** Resolves when it is over: true where the server ended it properly, false where it was cut. */
  ended: Promise<boolean>;
  isOpen(): boolean;
  /** Begins to read, where it was opened without. */
  resume(): void;
  close(): void;
}

function parse(block: string): Frame {
  const lines = block.split('\n');
  const valueOf = (name: string) =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = valueOf('data');
  return {
    id: valueOf('id'),
    comment: valueOf(''),
    event: data === undefined ? undefined : (JSON.parse(data) as FeedEvent),
  };
}

interface Options {
  path?: string;
  lastEventId?: string | null | undefined;
  /** Called for each event, until the stream is closed from here. */
  onEvent?: (event: FeedEvent) => void;
  /** Take nothing from the socket until `resume`. */
  paused?: boolean;
}

/** A reader of server-sent events with a connection of its own; resolves when the answer has begun. */
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
  call.on('error', () => undefined);
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
  response.on('error', () => undefined); // A cut connection; `ended` tells.
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
