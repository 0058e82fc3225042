import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream } from 'node:tty';
import type { Io } from '../io';

/** The alternate screen, without cursor; what is too wide for a very narrow terminal is cut off and not wrapped. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** The whole terminal, until it is closed. */
export interface Screen {
  /** Replaces what it shows; does nothing once it is closed. */
  draw(lines: readonly string[]): void;
  isOpen(): boolean;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** Returns the name of a key: `q`, `return`, `escape`, `up`, `C-c`. */
function keyName({ name, ctrl, sequence = '' }: Key): string {
  return `${ctrl ? 'C-' : ''}${name ?? sequence}`;
}

/** Switches off echo and line editing of the keyboard; a stream that is no terminal has none. */
function setRawMode(stdin: Io['stdin'], isRaw: boolean): void {
  if ('setRawMode' in stdin) (stdin as ReadStream).setRawMode(isRaw);
}

/**
 * Switches to the alternate screen of the terminal, and reads keys. An error that ends the process, and its exit, close the screen too.
 * @param onKey called with the name of each key that is pressed
 * @param onResize called when the terminal has another size
 */
export function openScreen(io: Io, onKey: (key: string) => void, onResize: () => void): Screen {
  const { stdin, stdout } = io;
  let isOpen = true;
  const handleKey = (_: string | undefined, key: Key) => onKey(keyName(key));
  const handleEnd = () => onKey('C-c');

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    stdin.off('keypress', handleKey).off('end', handleEnd).pause();
    stdout.off('resize', onResize);
    process.off('uncaughtExceptionMonitor', close).off('exit', close);
    setRawMode(stdin, false);
    stdout.write(LEAVE);
  }

  // The monitor runs before Node prints the error, which would vanish with the alternate screen.
  process.on('uncaughtExceptionMonitor', close).on('exit', close);
  stdout.on('resize', onResize);
  stdout.write(ENTER);
  setRawMode(stdin, true);
  emitKeypressEvents(stdin);
  stdin.on('keypress', handleKey).on('end', handleEnd).resume();
  return {
    draw(lines) {
      if (isOpen) stdout.write(HOME + lines.map((line) => CLEAR_LINE + line).join('\r\n') + CLEAR_BELOW);
    },
    isOpen: () => isOpen,
    close,
  };
}
