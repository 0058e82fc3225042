import type { ApplicationView } from '../../lib/domain';
import { printNotice, type Io } from '../io';
import { pluralize } from '../../lib/pluralize';

/** Returns how many applications ended how: `3 ACCEPTED, 1 REJECTED ACTIVE_CONVERSATION`. */
export function describeOutcomes(outcomes: ReadonlyMap<string, number>): string {
  const sorted = [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([outcome, count]) => `${count.toLocaleString('en')} ${outcome}`).join(', ');
}

/** What a run has done so far. */
export interface Tally {
  /** Null while an input is read to its end. */
  total: number | null;
  replayed: number;
  outcomes: Map<string, number>;
  /** Whether something of the selection was wrong: an unknown id, a line without one. */
  isIncomplete: boolean;
}

/** Returns the tally of a run that has done nothing yet. */
export function createTally(total: number | null): Tally {
  return { total, replayed: 0, outcomes: new Map(), isIncomplete: false };
}

/** Counts an outcome. */
export function countOutcome({ outcomes }: Tally, { status, reason }: ApplicationView): void {
  const outcome = status === 'FAILED' || reason === null ? status : `${status} ${reason}`;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

/** Returns how many applications have their outcome. */
export function countSettled({ outcomes }: Tally): number {
  return [...outcomes.values()].reduce((sum, count) => sum + count, 0);
}

/** Prints how many applications were replayed, their outcomes, and how to continue after an interruption. */
export function printSummary(io: Io, tally: Tally, pending: number, wasInterrupted: boolean): void {
  const { replayed, total, outcomes } = tally;
  if (total === 0) {
    printNotice(io, 'nothing to replay: list applications with `conv apps list`');
    return;
  }
  const done =
    wasInterrupted && total !== null
      ? `${replayed.toLocaleString('en')} of ${total.toLocaleString('en')}`
      : pluralize(replayed, 'application');
  const ended = outcomes.size > 0 ? `: ${describeOutcomes(outcomes)}` : '';
  const open = pending > 0 ? `; ${pluralize(pending, 'application')} without an outcome yet` : '';
  printNotice(
    io,
    `replayed ${done}${ended}${open}${wasInterrupted ? '; run the same command to continue' : ''}`,
  );
}
