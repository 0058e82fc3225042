import { isDeepStrictEqual } from 'node:util';
import type { ApplicationEvent, ErasedEvent, KeptEvent } from '../domain';

/** Whether only the ids are left of it. */
export function isErased(event: KeptEvent): event is ErasedEvent {
  return event.candidate === null;
}

/** What is kept of it: the ids, which are the sender's and say nothing of the person. */
export function erasedEvent({ id, job_id, candidate_id }: KeptEvent): ErasedEvent {
  return { id, job_id, candidate_id, candidate: null };
}

/** Whether a delivery is of what is known already. Of an erased event nothing is left to compare but the ids. */
export function isSameEvent(known: KeptEvent, delivered: ApplicationEvent): boolean {
  return isDeepStrictEqual(known, isErased(known) ? erasedEvent(delivered) : delivered);
}
