import { symbols } from 'pino';
import { createLogger, type Logger } from '../../src/lib/log';

export interface RecordingLog {
  log: Logger;
  /** Every line as it would stand on standard output. */
  lines: string[];
}

/** The process's own logger, with its lines kept here instead of written to standard output. */
export function recordingLog(level = 'trace'): RecordingLog {
  const lines: string[] = [];
  const log = createLogger('test', level);
  Object.assign(log, { [symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  return { log, lines };
}
