import type { ApplicationView } from '../../lib/domain';
import { describeAdvice } from '../advice';
import type { ShownApplication } from '../backend/backend';
import { bold, inverse } from '../colors';
import { outputText, type Io } from '../io';
import { formatFields } from '../output';
import { formatTerminalTable } from '../table';
import { wrapText } from '../terminal-text';
import type { Result } from './reading';
import { formatSpans } from './spans';

/** The lines of the list of failures that are not failures: title, empty line, heading. */
const OTHER_LINES = 3;
const COLUMNS = ['received_at', 'id', 'candidate_id', 'job_id', 'reason'] as const;

/** Returns the list of failures: as many as fit, with the selected one among them. */
export function drawFailures(
  io: Io,
  failures: Result<ApplicationView[]>,
  selected: number,
  height: number,
): string[] {
  const width = io.terminalWidth ?? Infinity;
  const titled = (text: string) => [formatSpans([{ text, style: (shown) => bold(io, shown) }], width), ''];
  if ('problem' in failures) return [...titled('Failed applications'), ...wrapText(failures.problem, width)];
  const { value } = failures;
  if (value.length === 0) return titled('No failed applications');
  const room = Math.max(1, height - OTHER_LINES);
  const start = Math.max(0, Math.min(selected - Math.floor(room / 2), value.length - room));
  const shown = value.slice(start, start + room);
  const rows = shown.map((one, n) => [
    start + n === selected ? '>' : ' ',
    ...COLUMNS.map((column) => one[column] ?? ''),
  ]);
  const [heading = '', ...lines] = formatTerminalTable(io, ['', ...COLUMNS], rows, true).split('\n');
  const title = `Failed applications, newest first: ${selected + 1} of ${value.length}`;
  const marked = lines.map((line, n) => (start + n === selected ? inverse(io, line) : line));
  return [...titled(title), heading, ...marked];
}

/** Returns one application as `conv apps show` prints it, wrapped; what it had to say about an outage comes last. */
export function drawApplication(io: Io, id: string, shown: Result<ShownApplication> | null): string[] {
  const width = io.terminalWidth ?? Infinity;
  const title = formatSpans(
    [{ text: outputText(io, `Application ${id}`), style: (text) => bold(io, text) }],
    width,
  );
  if (shown === null) return [title];
  if ('problem' in shown) return [title, '', ...wrapText(outputText(io, shown.problem), width)];
  const { application, dismissal } = shown.value;
  const fields = formatFields({ ...io, useColor: false }, { ...application, ...dismissal });
  const advice = describeAdvice(shown.value);
  const texts = [...fields, ...(advice === null ? [] : ['', outputText(io, advice)])];
  return [title, '', ...texts.flatMap((text) => wrapText(text, width))];
}
