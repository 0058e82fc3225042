import type { InputEvent } from './input';
import type { LineResult } from './send-line';

/** The fields of a table; the other formats have all fields of a row. */
export const COLUMNS = ['line', 'id', 'http', 'status', 'reason', 'conversation_id'];

/** What `conv send` prints for each event. Every row has every field, so that CSV has the same columns in all lines. */
export interface SendRow {
  line: number;
  /** As conv read it, else as the line says; null if that cannot be read. */
  id: string | number | null;
  /** Null if nothing was sent or no answer came. */
  http: number | null;
  status: string | null;
  reason: string | null;
  conversation_id: string | null;
  job_id: string | null;
  candidate_id: string | null;
  received_at: string | null;
  processed_at: string | null;
  redelivered: boolean;
}

/** In the order of the columns. */
const EMPTY = {
  line: 0,
  id: null,
  http: null,
  status: null,
  reason: null,
  conversation_id: null,
  job_id: null,
  candidate_id: null,
  received_at: null,
  processed_at: null,
  redelivered: false,
};

/** Returns the row of an event that was sent. */
export function resultRow(event: InputEvent, result: LineResult): SendRow {
  const { application, status: http, redelivered, problem } = result;
  const row = { ...EMPTY, line: event.line, http, redelivered };
  if (!application) return { ...row, id: 'id' in event ? event.id : null, reason: problem ?? null };
  return { ...row, ...application, reason: problem ?? application.reason };
}

/** Returns the row of a line that was not sent. */
export function unreadableRow(line: number, reason: string): SendRow {
  return { ...EMPTY, line, reason };
}
