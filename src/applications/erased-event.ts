import { isDeepStrictEqual } from 'node:util';
import type { ApplicationEvent, ErasedApplicationEvent, StoredApplicationEvent } from '../lib/domain';

/** Whether only the ids are left of it. */
export function isErased(event: StoredApplicationEvent): event is ErasedApplicationEvent {
  return event.candidate === null;
}

/** What is kept of it: the ids, which are the sender's and say nothing of the person. */
export function withoutPersonalData({
  id,
  job_id,
  candidate_id,
}: StoredApplicationEvent): ErasedApplicationEvent {
  return { id, job_id, candidate_id, candidate: null };
}

/** Whether a delivery is of what is known already. Of an erased event nothing is left to compare but the ids. */
export function isSameEvent(known: StoredApplicationEvent, delivered: ApplicationEvent): boolean {
  return isDeepStrictEqual(known, isErased(known) ? withoutPersonalData(delivered) : delivered);
}
