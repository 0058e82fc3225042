import type { Logger } from './log';

/**
 * Logs an uncaught exception and exits with 1. Without this Node prints the whole error, and a database driver's error
 * contains the row that was refused, which is personal data.
 */
export function exitOnUncaughtException(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'stopping after an uncaught exception');
    process.exit(1);
  });
}
