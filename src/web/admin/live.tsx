import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { ReactElement, ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { isOutage } from '../../lib/errors';
import type { TokenCache } from '../../tokens/cache';
import type { Context, WebDeps } from '../context';
import { endSignal } from '../end-signal';
import { authenticateOperator } from '../middleware/operator-auth';

/** How often a viewer gets what has changed. */
const SEND_EVERY_MS = 1000;
/** Proxies often close a connection that is silent for a minute. */
const HEARTBEAT_EVERY_MS = 15_000;

/** What a page shows now, and whether it can still change. */
export interface LiveContent {
  content: ReactElement;
  isFinal: boolean;
}

/**
 * Content that src/web/public/admin.js keeps up to date: it replaces the elements with `data-live` in it by those of the same name that
 * the stream sends.
 * @param stream the path of the stream; null if the content can no longer change
 */
export function Live({ stream, children }: { stream: string | null; children: ReactNode }): ReactElement {
  return (
    <>
      <p className="note" id="live-state">
        {stream === null ? null : 'Reload the page to see newer figures.'}
      </p>
      <div data-stream={stream ?? undefined}>{children}</div>
    </>
  );
}

async function isAuthorized(ctx: Context, tokens: TokenCache): Promise<boolean> {
  try {
    await authenticateOperator(ctx, tokens);
    return true;
  } catch {
    return false; // The stream ends; when the browser reconnects, it is sent to the login.
  }
}

/** Returns what to show, or null during an outage, which the stream survives. */
async function readUnlessOutage(read: () => Promise<LiveContent>): Promise<LiveContent | null> {
  try {
    return await read();
  } catch (error) {
    if (isOutage(error)) return null;
    throw error;
  }
}

/** The frames of contents that are still in use. */
const frames = new WeakMap<ReactElement, string>();

/** Returns the server-sent event with this content, rendered once however many viewers get it. */
export function renderFrame(content: ReactElement): string {
  const frame = frames.get(content) ?? `data: ${JSON.stringify(renderToStaticMarkup(content))}\n\n`;
  frames.set(content, frame);
  return frame;
}

/**
 * Returns a function that reads figures and shows them, for content that never becomes final. While `read` returns the same figures, all
 * viewers get the same element, so that it is rendered once.
 */
export function shareContent<T>(
  read: () => Promise<T>,
  show: (figures: T) => ReactElement,
): () => Promise<LiveContent> {
  let shared: { figures: T; live: LiveContent } | null = null;
  return async () => {
    const figures = await read();
    if (shared?.figures !== figures) shared = { figures, live: { content: show(figures), isFinal: false } };
    return shared.live;
  };
}

/** Yields the content as server-sent events whenever it has changed, until it is final. */
async function* streamContent(
  read: () => Promise<LiveContent>,
  ended: AbortSignal,
  isStillAuthorized: () => Promise<boolean>,
): AsyncGenerator<string> {
  let sent = '';
  let sentAt = Date.now();
  yield 'retry: 2000\n\n';
  while (!ended.aborted && (await isStillAuthorized())) {
    const live = await readUnlessOutage(read);
    const frame = live ? renderFrame(live.content) : sent;
    if (frame !== sent || Date.now() >= sentAt + HEARTBEAT_EVERY_MS) {
      sentAt = Date.now();
      yield frame === sent ? ': heartbeat\n\n' : frame;
    }
    if (live?.isFinal) {
      yield 'event: end\ndata:\n\n';
      return;
    }
    sent = frame;
    await wait(SEND_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Sends the newest content again and again, for the script of the page. A viewer that does not read is sent nothing more. */
export function sendStream(
  ctx: Context,
  { stopping }: Pick<WebDeps, 'stopping'>,
  tokens: TokenCache,
  read: () => Promise<LiveContent>,
): void {
  const ended = endSignal(ctx, stopping);
  ctx.type = 'text/event-stream';
  ctx.set('X-Accel-Buffering', 'no');
  ctx.body = Readable.from(streamContent(read, ended, () => isAuthorized(ctx, tokens)));
}
