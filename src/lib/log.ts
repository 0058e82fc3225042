import { pino, type Logger as PinoLogger, type LoggerOptions } from 'pino';

export type Logger = PinoLogger;

/** Serializes type, code and stack of an error. Messages are left out, because those of database drivers can contain personal data. */
function serializeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, stack } = error;
  const frames = (stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  const own = 'code' in error ? { code: error.code } : {};
  const message = name === 'ConvError' ? { message: error.message } : {};
  const inner = 'parent' in error ? error.parent : error.cause; // Sequelize has the driver's error in `parent`.
  const cause = inner === undefined ? {} : { cause: serializeError(inner) };
  return { type: name, ...own, ...message, stack: frames.slice(0, 8), ...cause };
}

/** Lines are written in groups, because one write for each costs more than producing it. */
const BUFFERING = { dest: 1, sync: false, minLength: 15_000, periodicFlush: 100 };
/** When standard output blocks, further lines are dropped to protect memory. */
const MAX_BUFFER_BYTES = 16 * 1024 * 1024;

/**
 * Creates the logger of a process: JSON lines on standard output, readable text on a terminal.
 * @param part names the process (`web`, `worker`)
 * @param level pino's levels (`silent` in tests)
 * @param moreFields returns fields for the line that is written, such as the ids of its trace
 */
export function createLogger(part: string, level: string, moreFields?: () => object): Logger {
  const options: LoggerOptions = {
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError },
    ...(moreFields && { mixin: moreFields }),
  };
  if (process.stdout.isTTY)
    return pino({ ...options, transport: { target: 'pino-pretty', options: { singleLine: true } } });
  return pino(options, pino.destination({ ...BUFFERING, maxLength: MAX_BUFFER_BYTES }));
}
