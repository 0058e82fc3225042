import { symbols } from 'pino';
import { createLogger, type Logger } from '../../src/lib/log';

export interface RecordingLog {
  log: Logger;
  /** The lines as written to standard output. */
  lines: string[];
}

/** Creates the logger of a process, whose lines are kept in memory. */
export function recordingLog(level = 'trace'): RecordingLog {
  const lines: string[] = [];
  const log = createLogger('test', level);
  Object.assign(log, { [symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  return { log, lines };
}
