import { setTimeout as wait } from 'node:timers/promises';
import { isOutage } from '../lib/errors';
import type { Io } from './io';
import { printNotice } from './io';

const EVERY_MS = 1000;
const CLEAR_SCREEN = '\u001b[H\u001b[J';

/**
 * Reads and prints every second until the process ends; on a terminal in the same place. During an outage it waits.
 * @param read reads what is printed
 */
export async function redraw<T>(
  io: Io,
  read: () => Promise<T>,
  print: (value: T) => Promise<void>,
): Promise<never> {
  let isDisconnected = false;
  for (;;) {
    try {
      const value = await read();
      isDisconnected = false;
      if (io.stdoutIsTerminal) io.stdout.write(CLEAR_SCREEN);
      await print(value);
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (!isDisconnected) printNotice(io, 'conv: lost the connection to Redis, reconnecting');
      isDisconnected = true;
    }
    await wait(EVERY_MS);
  }
}
