import { isDeepStrictEqual } from 'node:util';
import { ERASED_REASON } from '../../src/lib/errors';
import type { Sent } from './applications';
import type { Report } from './check';
import { CLOCK_ERROR_MS, type Erasure } from './erasures';
import { groupBy, type ApplicationRow, type CandidateRow, type Stored } from './stored';

/** When an application was received, compared with the erasure of its candidate; `unknown` if that cannot be told. */
type Receipt = 'before' | 'after' | 'unknown';

/** Returns when an application was received; `after` if its candidate was not erased. */
function compareWithErasure({ sentAt, acknowledgedAt }: Sent, erasure: Erasure | undefined): Receipt {
  if (!erasure) return 'after';
  if (acknowledgedAt !== null && acknowledgedAt + CLOCK_ERROR_MS < erasure.began) return 'before';
  return sentAt !== null && sentAt > erasure.ended + CLOCK_ERROR_MS ? 'after' : 'unknown';
}

const isErased = (payload: unknown) => (payload as { candidate?: unknown } | null)?.candidate === null;

/** An application has the data that was sent, or none if it was received before the erasure of its candidate. */
export function checkData(
  one: Sent,
  { payload, status, reason }: Pick<ApplicationRow, 'payload' | 'status' | 'reason'>,
  erasure: Erasure | undefined,
  report: Report,
): void {
  const { event } = one;
  const receipt = compareWithErasure(one, erasure);
  const erased = isErased(payload);
  if (!isDeepStrictEqual(payload, erased ? { ...event, candidate: null } : event))
    report('contradictory', 'is stored with another payload', event.id);
  if (erased && receipt === 'after')
    report('lost', 'has no personal data, but was not received before an erasure', event.id);
  if (!erased && receipt === 'before')
    report('contradictory', 'has personal data, but was received before an erasure', event.id);
  if (status === 'FAILED' && !(erased && reason === ERASED_REASON))
    report('lost', `FAILED: ${String(reason)}`, event.id);
}

/** Whether the data of an application may be what its candidate has at the end: nothing newer replaced or erased it. */
function isNewest(one: Sent, others: readonly Sent[], erasure: Erasure | undefined): boolean {
  if (erasure && compareWithErasure(one, erasure) === 'before') return false;
  const until = (one.acknowledgedAt ?? Infinity) + CLOCK_ERROR_MS;
  return !others.some(({ acknowledgedAt, sentAt }) => acknowledgedAt !== null && (sentAt ?? 0) > until);
}

/** Returns what is wrong with a candidate's row; null if nothing is. */
function findFault(row: CandidateRow, own: readonly Sent[], erasure: Erasure | undefined): string | null {
  const { phone_number, first_name, last_name, email_address } = row;
  if (phone_number === null) {
    if (!erasure) return 'has no data, but was not erased';
    const later = own.some(
      (one) => one.acknowledgedAt !== null && compareWithErasure(one, erasure) === 'after',
    );
    return later ? 'has no data, but applied again after the erasure' : null;
  }
  const data = { phone_number, first_name, last_name, email_address };
  const sources = own.filter(({ event }) => isDeepStrictEqual(event.candidate, data));
  if (sources.length === 0) return 'has data that nobody sent';
  return sources.some((one) => isNewest(one, own, erasure)) ? null : 'has older data than the newest';
}

/** Each candidate has the data of the newest application; queued jobs of erased candidates hold none that was erased. */
export function checkErasures(
  sent: readonly Sent[],
  erasures: readonly Erasure[],
  { candidates, jobs }: Stored,
  report: Report,
): void {
  const byCandidate = groupBy(sent, ({ event }) => event.candidate_id);
  const erasureOf = new Map(erasures.map((erasure) => [erasure.candidateId, erasure]));
  for (const row of candidates) {
    const own = byCandidate.get(row.id) ?? [];
    const fault = findFault(row, own, erasureOf.get(row.id));
    if (fault !== null) report('contradictory', `its candidate ${row.id} ${fault}`, own.at(-1)?.event.id);
  }
  for (const one of sent) {
    const event = jobs.get(one.event.id);
    const erasure = erasureOf.get(one.event.candidate_id);
    if (event && !isErased(event) && compareWithErasure(one, erasure) === 'before')
      report(
        'contradictory',
        'has personal data in its job, but was received before an erasure',
        one.event.id,
      );
  }
}
