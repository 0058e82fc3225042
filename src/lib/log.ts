import { pino, type Logger as PinoLogger, type LoggerOptions } from 'pino';

export type Logger = PinoLogger;

/** What an error may tell a log: its kind and place. Messages of database drivers can carry personal data, so they stay out. */
function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, stack } = error;
  const frames = (stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  const own = 'code' in error ? { code: error.code } : {};
  const message = name === 'ConvError' ? { message: error.message } : {};
  const cause = error.cause === undefined ? {} : { cause: safeError(error.cause) };
  return { type: name, ...own, ...message, stack: frames.slice(0, 8), ...cause };
}

/** Lines go out together, ten times a second or by the 15 KB: a write for each costs more than to make it. */
const TOGETHER = { dest: 1, sync: false, minLength: 15_000, periodicFlush: 100 };
/** If nobody reads them, lines are lost rather than kept in memory. */
const AT_MOST_BYTES = 16 * 1024 * 1024;

/**
 * The process's logger: JSON lines on standard output, readable ones on a terminal.
 * @param part which process speaks (`web`, `worker`)
 * @param level pino's levels (`silent` in tests)
 */
export function createLogger(part: string, level: string): Logger {
  const options: LoggerOptions = {
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: safeError },
  };
  if (process.stdout.isTTY)
    return pino({ ...options, transport: { target: 'pino-pretty', options: { singleLine: true } } });
  return pino(options, pino.destination({ ...TOGETHER, maxLength: AT_MOST_BYTES }));
}
