import type { ApplicationEvent, ApplicationView } from '../../src/lib/domain';

/** An application as its sender knows it. */
export interface Sent {
  event: ApplicationEvent;
  /** When its first delivery began, and when a delivery was first acknowledged; milliseconds since 1970. */
  sentAt: number | null;
  acknowledgedAt: number | null;
  /** The bodies of the 202 responses. */
  responses: ApplicationView[];
  /** One line per delivery and response. */
  history: string[];
}

/** Kinds of ids that senders use: plain, digits, colons, slashes, other scripts. */
const IDS = [
  (run: string, n: number) => `${run}-application-${n}`,
  (run: string, n: number) => `${run.replace(/\D/g, '')}${String(n).padStart(9, '0')}`,
  (run: string, n: number) => `ats:${run}:${n}`,
  (run: string, n: number) => `заявка/${run}/${n}`,
];

/** Only this many of the newest candidates apply again. */
const RECENT_CANDIDATES = 500;
const APPLICATIONS_PER_CANDIDATE = 3;
const JOBS = 5;

/**
 * Returns a function that creates applications which the domain rules accept and reject: each candidate applies about three
 * times, also for the same job, while a conversation is active or after it has completed.
 */
export function applicationMaker(run: string, random: () => number): () => Sent {
  let n = 0;
  return () => {
    n += 1;
    const newest = Math.floor(n / APPLICATIONS_PER_CANDIDATE);
    const candidate = newest - Math.floor(random() * Math.min(RECENT_CANDIDATES, newest + 1));
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
    return { event, sentAt: null, acknowledgedAt: null, responses: [], history: [] };
  };
}

/** Returns an application of the same candidate, for the same or another job, to be sent at the same time. */
export function createRival({ event }: Sent, next: Sent, sameJob: boolean): Sent {
  const { candidate_id, candidate, job_id } = event;
  return {
    ...next,
    event: { ...next.event, candidate_id, candidate, job_id: sameJob ? job_id : next.event.job_id },
  };
}
