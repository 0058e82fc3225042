import { CommanderError } from 'commander';
import { ConvError, SettingsError, isOutage } from '../lib/errors';

/** The exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unavailable: 3, interrupted: 130 } as const;

/** Ends a command with this exit code. The command has already printed why. */
export class ExitError extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Returns an error for wrong usage that shows only after the flags are parsed. It exits with 2. */
export function usageError(detail: string): ConvError {
  return new ConvError('INVALID', detail);
}

/** Returns the exit code for an error that ended a command. */
export function exitCode(error: unknown): number {
  if (error instanceof ExitError) return error.code;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (isOutage(error)) return EXIT.unavailable;
  const isUsage = error instanceof SettingsError || (error instanceof ConvError && error.code === 'INVALID');
  return isUsage ? EXIT.usage : EXIT.failed;
}

/** Returns the line that explains an error, or null if it is already printed (by commander or by the command). */
export function errorLine(error: unknown): string | null {
  if (error instanceof ExitError || error instanceof CommanderError) return null;
  if (error instanceof ConvError) return `conv: ${error.detail}`;
  return `conv: ${error instanceof Error ? error.message : String(error)}`;
}
