import { countFailureGroup } from '../../applications/failures';
import { MOST_REPLAYED } from '../../applications/replay-many';
import type { ReplaySelection } from '../../applications/replay-filter';
import { selectByIds, selectInChunks } from '../../applications/replay-selection';
import { ConvError, invalid } from '../../lib/errors';
import { checkText } from '../../lib/text';
import type { Context, WebDeps } from '../context';
import { formField, formFields } from '../middleware/body';
import { assertOwnApplication } from '../own-application';

const MOST_IDS = 200;
const MAX_REASON = 10_000;

/** What an operator selected on the page Failed: all applications with an error, or single ones. */
export interface FailureSelection {
  /** Null for single ones. */
  reason: string | null;
  ids: string[];
  /** How many there are. */
  total: number;
  /** How many of them one run replays. */
  count: number;
}

const NOTHING_SELECTED = {
  pointer: '/id',
  code: 'REQUIRED',
  detail: 'nothing is selected: select at least one application',
};
const TOO_MANY = { pointer: '/id', code: 'TOO_MANY', detail: `must be at most ${MOST_IDS} applications` };

/** @throws ConvError INVALID, FORBIDDEN */
function selectIds(ctx: Context): string[] {
  const ids = [...new Set(formFields(ctx, 'id'))];
  if (ids.length === 0) throw invalid([NOTHING_SELECTED]);
  if (ids.length > MOST_IDS) throw invalid([TOO_MANY]);
  for (const id of ids) assertOwnApplication(ctx, id);
  return ids;
}

/** Returns an error from the address or a form. @throws ConvError INVALID for text that no store can hold */
export function checkedReason(reason: string): string {
  const problem = checkText(reason, { max: MAX_REASON });
  if (problem) throw invalid([{ pointer: '/reason', ...problem }]);
  return reason;
}

/**
 * Reads what the form selects.
 * @throws ConvError INVALID; FORBIDDEN for a token of a sender, which may replay its own applications only; NOT_FOUND if no
 *   application is FAILED with the error any more; DATABASE_UNAVAILABLE
 */
export async function readSelection(ctx: Context, { database }: WebDeps): Promise<FailureSelection> {
  if (formField(ctx, 'reason') === '') {
    const ids = selectIds(ctx);
    return { reason: null, ids, total: ids.length, count: ids.length };
  }
  const reason = checkedReason(formField(ctx, 'reason'));
  if (ctx.state.token?.sender)
    throw new ConvError('FORBIDDEN', 'a token of a sender replays single applications: select them');
  const total = await countFailureGroup(database, reason);
  if (total === 0)
    throw new ConvError('NOT_FOUND', 'no application is FAILED with this error any more: nothing to replay');
  return { reason, ids: [], total, count: Math.min(total, MOST_REPLAYED) };
}

/** Returns the number that the operator confirmed. @throws ConvError INVALID */
export function readConfirmedCount(ctx: Context): number {
  const count = Number(formField(ctx, 'count'));
  if (Number.isInteger(count) && count > 0 && count <= MOST_REPLAYED) return count;
  const detail = `must be a whole number from 1 to ${MOST_REPLAYED}: confirm the replay on the page before`;
  throw invalid([{ pointer: '/count', code: 'OUT_OF_RANGE', detail }]);
}

/** Yields what is selected, in chunks. Throws as {@link selectInChunks}. */
export async function* readChunks(
  { database, queue }: WebDeps,
  { reason, ids }: FailureSelection,
): AsyncGenerator<ReplaySelection> {
  if (reason === null) yield await selectByIds(database, queue, ids);
  else yield* selectInChunks(database, queue, { status: ['FAILED'], failure: reason });
}
