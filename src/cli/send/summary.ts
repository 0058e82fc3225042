import { EXIT, ExitError } from '../exit-codes';
import { printNotice, type Io } from '../io';
import { pluralize } from '../../lib/pluralize';
import type { Tally } from './tally';

function describeEnd(reason: unknown): string {
  return reason instanceof ExitError && reason.code === EXIT.interrupted ? 'interrupted' : 'stopped';
}

/** Prints on standard error what is known of an unfinished run, and the line to continue from. */
function printUnfinished(io: Io, tally: Tally, reason: unknown): void {
  const [accepted, refused] = [
    tally.count('accepted') + tally.count('outcomeMissed'),
    tally.count('refused'),
  ];
  const counts = `${pluralize(accepted, 'event')} accepted, ${refused} refused`;
  printNotice(io, `${describeEnd(reason)}: ${counts}; continue with --from-line ${tally.nextLine()}`);
}

/**
 * Prints on standard error how many events were not accepted or have no good outcome. A single event has its row only.
 * @param signal aborted if the run is not finished
 */
export function printSummary(io: Io, tally: Tally, signal: AbortSignal): void {
  const [total, gaveUp, outcomeMissed] = [tally.total(), tally.count('gaveUp'), tally.count('outcomeMissed')];
  const notAccepted = tally.count('refused') + gaveUp;
  if (signal.aborted) {
    const isInterrupted = describeEnd(signal.reason) === 'interrupted';
    if (total > 0 || isInterrupted) printUnfinished(io, tally, signal.reason);
    return;
  }
  if (total === 1) return;
  if (notAccepted > 0) printNotice(io, `${notAccepted} of ${total} events were not accepted`);
  if (gaveUp > 0)
    printNotice(io, `${gaveUp} of them can be sent again: continue with --from-line ${tally.nextLine()}`);
  if (outcomeMissed > 0)
    printNotice(io, `${outcomeMissed} of ${total} applications failed or have no outcome yet`);
}
