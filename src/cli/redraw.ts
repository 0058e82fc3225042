import { setTimeout as wait } from 'node:timers/promises';
import type { Io } from './io';
import { createOutageNotices } from './outage-notices';

const EVERY_MS = 1000;
const CLEAR_SCREEN = '\u001b[H\u001b[J';

/**
 * Reads and prints every second until the process ends; on a terminal in the same place. During an outage it waits.
 * @param store the name of what is read
 * @param read reads what is printed
 */
export async function redraw<T>(
  io: Io,
  store: string,
  read: () => Promise<T>,
  print: (value: T) => Promise<void>,
): Promise<never> {
  const outages = createOutageNotices(io, store);
  for (;;) {
    try {
      const value = await read();
      outages.succeeded();
      if (io.stdoutIsTerminal) io.stdout.write(CLEAR_SCREEN);
      await print(value);
    } catch (error) {
      outages.failed(error);
    }
    await wait(EVERY_MS);
  }
}
