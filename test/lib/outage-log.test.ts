import { ConvError } from '../../src/lib/errors';
import { createOutageLog } from '../../src/lib/outage-log';
import { recordingLog } from '../support/recording-log';

const outage = () => new ConvError('DATABASE_UNAVAILABLE', 'the database cannot be reached');

/** An outage log and a summary of the lines that it has written. */
function recorded() {
  const { log, lines } = recordingLog('info');
  const summary = () =>
    lines.map((line) => {
      const { level, msg } = JSON.parse(line) as { level: string; msg: string };
      return `${level}: ${msg}`;
    });
  return { outageLog: createOutageLog(log, 'event retention'), summary };
}

it('logs an outage once, as a warning, and its end', () => {
  const { outageLog, summary } = recorded();
  outageLog.failed(outage());
  outageLog.failed(outage());
  outageLog.recovered();
  outageLog.recovered();
  expect(summary()).toEqual(['warn: event retention failed; retrying', 'info: event retention recovered']);
});

it('logs a failure that is no outage as an error', () => {
  const { outageLog, summary } = recorded();
  outageLog.failed(new TypeError('a bug'));
  outageLog.failed(new TypeError('a bug'));
  expect(summary()).toEqual(['error: event retention failed; retrying']);
});

it('logs an error that appears in the middle of an outage', () => {
  const { outageLog, summary } = recorded();
  outageLog.failed(outage());
  outageLog.failed(new TypeError('a bug'));
  expect(summary()).toEqual([
    'warn: event retention failed; retrying',
    'error: event retention failed; retrying',
  ]);
});

it('logs the second outage too', () => {
  const { outageLog, summary } = recorded();
  for (let n = 0; n < 2; n++) {
    outageLog.failed(outage());
    outageLog.recovered();
  }
  expect(summary().filter((line) => line.startsWith('warn'))).toHaveLength(2);
});

it('logs nothing while the work succeeds', () => {
  const { outageLog, summary } = recorded();
  outageLog.recovered();
  expect(summary()).toEqual([]);
});
