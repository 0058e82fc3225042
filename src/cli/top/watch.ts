import { setTimeout as wait } from 'node:timers/promises';
import type { ApplicationQueue } from '../../queue/applications';
import { EXIT, ExitError } from '../exit-codes';
import { onInterrupt } from '../interrupts';
import type { Io } from '../io';
import { handleKey, type TopActions } from './keys';
import type { Reader } from './reading';
import { openScreen } from './screen';
import { addReading, drawTop, type TopState } from './state';

const EVERY_MS = 1000;

/** Returns a wait that `wake` ends early, also if that call comes before the wait. */
function createWaker() {
  let waking = new AbortController();
  return {
    wake: () => waking.abort(),
    async wait(): Promise<void> {
      // `wake` aborts the wait; that is no error.
      await wait(EVERY_MS, undefined, { signal: waking.signal }).catch(() => undefined);
      waking = new AbortController();
    },
  };
}

/**
 * Shows the state in the whole terminal, read again every second, until the operator quits.
 * @throws ExitError 130 after Ctrl-C or a signal
 */
export async function watchTop(
  io: Io,
  state: TopState,
  read: Reader,
  queue: ApplicationQueue,
): Promise<void> {
  const waker = createWaker();
  let quit: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => (quit = resolve));
  const redraw = () => screen.draw(drawTop(io, state));
  const actions: TopActions = { queue, refresh: waker.wake, redraw, quit: (code) => quit(code) };
  const screen = openScreen(io, (key) => void handleKey(state, key, actions), redraw);
  const release = onInterrupt(() => quit(EXIT.interrupted));
  async function refreshUntilClosed(): Promise<number> {
    while (screen.isOpen()) {
      addReading(state, await read(state.view === 'application' ? state.selectedId : null));
      redraw();
      await waker.wait();
    }
    return EXIT.ok;
  }
  try {
    redraw();
    const code = await Promise.race([ended, refreshUntilClosed()]);
    if (code !== EXIT.ok) throw new ExitError(code);
  } finally {
    release();
    screen.close();
    waker.wake();
  }
}
