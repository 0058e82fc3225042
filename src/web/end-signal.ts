import type { Context } from './context';

/** At shutdown a reader gets this long to take what is already written; a reader that does not read must not block it. */
const CUT_OFF_AFTER_MS = 2000;

/** Returns a signal that aborts when the client disconnects or the process stops; a client that then stays is cut off. */
export function endSignal(ctx: Context, stopping: AbortSignal): AbortSignal {
  const end = new AbortController();
  let cutOff: NodeJS.Timeout | undefined;
  const stop = () => {
    end.abort();
    cutOff = setTimeout(() => ctx.res.destroy(), CUT_OFF_AFTER_MS);
  };
  stopping.addEventListener('abort', stop);
  ctx.res.once('close', () => {
    stopping.removeEventListener('abort', stop);
    clearTimeout(cutOff);
    end.abort();
  });
  if (stopping.aborted) stop();
  return end.signal;
}
