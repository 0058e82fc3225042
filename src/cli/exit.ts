import { CommanderError } from 'commander';
import { ConvError, SettingsError } from '../lib/errors';

/** Every exit code there is. */
export const EXIT = { done: 0, failed: 1, usage: 2, noStore: 3 } as const;

/** Ends a command with a code after it has said everything itself. */
export class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

function exitCodeOfConvError({ code }: ConvError): number {
  if (code === 'INVALID') return EXIT.usage;
  return code === 'DATABASE_UNAVAILABLE' || code === 'QUEUE_UNAVAILABLE' ? EXIT.noStore : EXIT.failed;
}

/** What the process exits with after this error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Exit) return error.code;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof ConvError) return exitCodeOfConvError(error);
  return error instanceof SettingsError ? EXIT.usage : EXIT.failed;
}

/** The line that says what went wrong; null where it has been said (commander, Exit). */
export function errorLine(error: unknown): string | null {
  if (error instanceof Exit || error instanceof CommanderError) return null;
  if (error instanceof ConvError) return `conv: ${error.detail}`;
  return `conv: ${error instanceof Error ? error.message : String(error)}`;
}

/** Wrong usage that only shows after the flags are parsed. */
export function usage(detail: string): ConvError {
  return new ConvError('INVALID', detail);
}
