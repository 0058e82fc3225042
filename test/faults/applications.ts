import type { ApplicationEvent, ApplicationView } from '../../src/lib/domain';

/** What a sender remembers of one application. */
export interface Sent {
  event: ApplicationEvent;
  acknowledged: boolean;
  /** What the 202 answers said. */
  told: ApplicationView[];
  /** One line per delivery and answer. */
  history: string[];
}

/** Ids as senders choose them: plain, digits, colons, slashes, other scripts. */
const IDS = [
  (run: string, n: number) => `${run}-application-${n}`,
  (run: string, n: number) => `${run.replace(/\D/g, '')}${String(n).padStart(9, '0')}`,
  (run: string, n: number) => `ats:${run}:${n}`,
  (run: string, n: number) => `заявка/${run}/${n}`,
];

/** So many of the newest candidates may apply again. */
const CANDIDATES_AT_ONCE = 500;
const APPLICATIONS_PER_CANDIDATE = 3;
const JOBS = 5;

/**
 * Makes applications so that the rules of the domain bite: a candidate applies about three times within a while, also for the
 * same job, while its conversation is active or after its end.
 */
export function applicationMaker(run: string, random: () => number): () => Sent {
  let n = 0;
  return () => {
    n += 1;
    const newest = Math.floor(n / APPLICATIONS_PER_CANDIDATE);
    const candidate = Math.max(0, newest - Math.floor(random() * CANDIDATES_AT_ONCE));
    const id = (IDS[n % IDS.length] ?? String)(run, n);
    const event = {
      id,
      job_id: `${run}-job-${Math.floor(random() * JOBS)}`,
      candidate_id: `${run}-candidate-${candidate}`,
      candidate: {
        phone_number: '+14155552671',
        first_name: 'Jane',
        last_name: `Doe ${n}`,
        email_address: `jane.${candidate}@example.com`,
      },
    };
    return { event, acknowledged: false, told: [], history: [] };
  };
}

/** Another application of the same candidate, for the same job or not: the two race. */
export function rivalOf({ event }: Sent, next: Sent, sameJob: boolean): Sent {
  const { candidate_id, candidate, job_id } = event;
  return {
    ...next,
    event: { ...next.event, candidate_id, candidate, job_id: sameJob ? job_id : next.event.job_id },
  };
}
