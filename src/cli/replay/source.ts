import { createReadStream } from 'node:fs';
import type { ReplayFilter, ReplaySelection } from '../../applications/replay-filter';
import { idOfSender } from '../../applications/sender-ids';
import type { ReplayBackend } from '../backend/backend';
import { usageError } from '../exit-codes';
import { printNotice, type Io } from '../io';
import { readLines } from '../lines';
import { assertSender, type ReplayFlags } from './flags';

/** Part of what is selected: all of it, or some lines of an input. */
export interface Selected extends ReplaySelection {
  /** Ids that no application has. */
  missing: string[];
  /** Lines without an id. */
  unreadable: { line: number; problem: string }[];
}

const CHUNK_SIZE = 200;
const MAX_LINE_BYTES = 1_048_576;

/** Returns the id that a line of an NDJSON file holds: an event or an application, as an object with an `id`. */
function readId(text: string): string | null {
  try {
    const { id } = Object(JSON.parse(text)) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

interface InputSource {
  kind: 'input';
  /** Standard input without it. */
  file?: string;
  /** Whose name begins the ids; null if the input has them as conv shows them. */
  sender?: string | null;
}

type Line = { id: string } | { line: number; problem: string };

async function* readIds(io: Io, { file, sender = null }: InputSource): AsyncGenerator<Line> {
  const input = file === undefined || file === '-' ? io.stdin : createReadStream(file);
  for await (const line of readLines(input, MAX_LINE_BYTES)) {
    if ('problem' in line) yield { line: line.number, problem: line.problem };
    else if (line.text.trim() !== '') {
      const id = file === undefined ? line.text.trim() : readId(line.text);
      yield id === null
        ? { line: line.number, problem: 'no JSON object with an id' }
        : { id: idOfSender(id, sender) };
    }
  }
}

/** Yields the applications of an input in chunks, so that its length does not matter. */
async function* selectLines(backend: ReplayBackend, lines: AsyncGenerator<Line>): AsyncGenerator<Selected> {
  let ids: string[] = [];
  let unreadable: Selected['unreadable'] = [];
  const flush = async () => {
    const selected = { ...(await backend.selectByIds(ids)), unreadable };
    [ids, unreadable] = [[], []];
    return selected;
  };
  for await (const line of lines) {
    if ('id' in line) ids.push(line.id);
    else unreadable.push(line);
    if (ids.length + unreadable.length === CHUNK_SIZE) yield await flush();
  }
  if (ids.length + unreadable.length > 0) yield await flush();
}

/** Where the applications come from. */
export type Source = { kind: 'filter'; filter: ReplayFilter } | { kind: 'ids'; ids: string[] } | InputSource;

/** Returns the source that arguments and flags name. @throws ConvError INVALID unless it is exactly one */
export function findSource(ids: readonly string[], flags: ReplayFlags, filter: ReplayFilter | null): Source {
  const readsInput = ids.length === 1 && ids[0] === '-';
  const given = [ids.length > 0, filter !== null, flags.file !== undefined].filter(Boolean);
  if (given.length > 1) throw usageError('pass ids, a filter or --file, not several of them');
  assertSender(flags);
  if (flags.file !== undefined) return { kind: 'input', file: flags.file, sender: flags.sender ?? null };
  if (readsInput) return { kind: 'input' };
  if (ids.length > 0) return { kind: 'ids', ids: [...ids] };
  if (filter) return { kind: 'filter', filter };
  throw usageError(
    'nothing selected: pass ids, - for ids from standard input, a filter such as --status, or --file',
  );
}

/** Yields what a source selects: at once, or in chunks for an input. */
export async function* select(io: Io, backend: ReplayBackend, source: Source): AsyncGenerator<Selected> {
  if (source.kind === 'input') yield* selectLines(backend, readIds(io, source));
  else if (source.kind === 'ids') yield { ...(await backend.selectByIds(source.ids)), unreadable: [] };
  else yield { ...(await backend.selectByFilter(source.filter)), missing: [], unreadable: [] };
}

const MOST_NAMED = 10;

/** Names what is skipped and why, each reason once. Returns whether something was wrong with the selection itself. */
export function noticeSkipped(io: Io, selected: Selected): boolean {
  for (const { line, problem } of selected.unreadable) printNotice(io, `conv: line ${line}: ${problem}`);
  for (const id of selected.missing)
    printNotice(io, `conv: application ${JSON.stringify(id)} does not exist`);
  for (const { id, status, conversation_id } of selected.accepted)
    printNotice(io, `skipped ${id}: it is ${status} (conversation ${conversation_id ?? ''})`);
  const reasons = [
    ['waiting', 'in the queue already'],
    ['erased', 'personal data was erased or removed'],
  ] as const;
  for (const [group, reason] of reasons) {
    const ids = selected[group].map(({ id }) => id);
    if (ids.length === 0) continue;
    const more = ids.length > MOST_NAMED ? `, and ${ids.length - MOST_NAMED} more` : '';
    printNotice(io, `skipped ${ids.length} (${reason}): ${ids.slice(0, MOST_NAMED).join(', ')}${more}`);
  }
  return selected.missing.length + selected.unreadable.length > 0;
}
