import { SettingsError } from './errors';

/** Ends a process that cannot start: prints what is wrong with its settings, or the stack of another error. */
export function exitWithError(error: unknown): never {
  console.error(error instanceof SettingsError ? error.message : error instanceof Error && error.stack);
  process.exit(1);
}
