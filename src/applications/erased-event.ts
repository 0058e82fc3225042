import { isDeepStrictEqual } from 'node:util';
import type { ApplicationEvent, ErasedApplicationEvent, StoredApplicationEvent } from '../lib/domain';

/** Returns whether the personal data of this event was erased. */
export function isErased(event: StoredApplicationEvent): event is ErasedApplicationEvent {
  return event.candidate === null;
}

/** Returns the event without personal data: only the sender's ids are kept. */
export function withoutPersonalData({
  id,
  job_id,
  candidate_id,
}: StoredApplicationEvent): ErasedApplicationEvent {
  return { id, job_id, candidate_id, candidate: null };
}

/** Returns whether a received event equals a stored one. Of an erased event only the ids can be compared. */
export function isSameEvent(stored: StoredApplicationEvent, received: ApplicationEvent): boolean {
  return isDeepStrictEqual(stored, isErased(stored) ? withoutPersonalData(received) : received);
}
