import type { Logger } from './log';

/**
 * Ends the process at what nobody caught, as Node would, but with the log's words: Node prints the whole error, and a database
 * driver's carries the row that it refused.
 */
export function exitOnUncaughtException(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'ended by an error that nobody caught');
    process.exit(1);
  });
}
