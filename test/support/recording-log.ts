import { symbols } from 'pino';
import { createLog, type Log } from '../../src/log';

export interface RecordingLog {
  log: Log;
  /** Every line as it would stand on standard output. */
  lines: string[];
}

/** The process's own logger, with its lines kept here instead of written to standard output. */
export function recordingLog(level = 'trace'): RecordingLog {
  const lines: string[] = [];
  const log = createLog('test', level);
  Object.assign(log, { [symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  return { log, lines };
}
