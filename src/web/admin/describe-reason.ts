import type { RejectionReason } from '../../lib/domain';

const SENTENCES: Readonly<Record<RejectionReason, string>> = {
  ACTIVE_CONVERSATION:
    'the candidate has a conversation that is CREATED or ONGOING; replay the application when that one is COMPLETED',
  DUPLICATE_APPLICATION: 'the candidate has, or had, a conversation for this job; this is final',
};

const isCode = (reason: string): reason is RejectionReason => Object.hasOwn(SENTENCES, reason);

/** Returns what a reason means and what to do, as docs/api.md says; null for the error of a FAILED application, which is a text already. */
export function explainReason(reason: string | null): string | null {
  return reason !== null && isCode(reason) ? SENTENCES[reason] : null;
}
