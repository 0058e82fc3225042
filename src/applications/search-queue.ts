import type { StoredApplicationEvent } from '../lib/domain';
import { idRule } from '../lib/text';
import { callQueue, findJob, type ApplicationQueue, type FoundJob } from '../queue/applications';
import { isApplicationJob, presentJob } from '../queue/present-job';
import { parsePersonQuery, type FoundApplication, type PersonQuery } from './search';

const OPEN_STATES = ['active', 'waiting', 'prioritized', 'delayed'] as const;
/** Jobs have no index by person, so they are read one by one. More than this would make the operator wait. */
const MOST_READ = 1000;

function matchesPerson(event: StoredApplicationEvent, { text, phoneEnd }: PersonQuery): boolean {
  if (!event.candidate) return false;
  const { phone_number, email_address, first_name, last_name } = event.candidate;
  const lower = text.toLowerCase();
  const names = [`${first_name} ${last_name}`, `${last_name} ${first_name}`];
  return (
    (phoneEnd !== null && phone_number.endsWith(phoneEnd)) ||
    email_address.toLowerCase() === lower ||
    names.some((name) => name.toLowerCase().startsWith(lower))
  );
}

function matches(event: StoredApplicationEvent, text: string, person: PersonQuery): boolean {
  return event.candidate_id === text || event.job_id === text || matchesPerson(event, person);
}

/** Returns an application as its job shows it. The outcome of a completed job without a row is lost, as in find.ts. */
function presentFound({ job, state }: FoundJob): FoundApplication {
  const { candidate } = job.data.event;
  return {
    ...presentJob(job, state === 'completed' ? 'waiting' : state),
    conversation_status: null,
    conversation_created_at: null,
    phone_number: candidate?.phone_number ?? null,
    first_name: candidate?.first_name ?? null,
    last_name: candidate?.last_name ?? null,
    email_address: candidate?.email_address ?? null,
  };
}

/** Reads the jobs that have neither completed nor failed, if they are few; otherwise returns their number. */
async function readOpenJobs({ queue }: ApplicationQueue): Promise<FoundJob[] | number> {
  const total = await callQueue(() => queue.getJobCountByTypes(...OPEN_STATES));
  if (total > MOST_READ) return total;
  const groups = OPEN_STATES.map(async (state) => {
    const jobs = await callQueue(() => queue.getJobs(state, 0, MOST_READ - 1));
    return jobs.filter(isApplicationJob).map((job) => ({ job, state }));
  });
  return (await Promise.all(groups)).flat();
}

/**
 * Finds applications in the queue: one by its id in any state, and those that wait or are processed by everything that
 * {@link searchApplications} matches.
 * @returns them, newest first, and how many were found by their id only because too many wait
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function searchQueue(
  queue: ApplicationQueue,
  text: string,
): Promise<{ found: FoundApplication[]; unsearched: number }> {
  const byId = idRule(text) ? null : await callQueue(() => findJob(queue, text));
  const open = await readOpenJobs(queue);
  const person = parsePersonQuery(text);
  const matching =
    typeof open === 'number' ? [] : open.filter(({ job }) => matches(job.data.event, text, person));
  // A job that changes its state meanwhile may be read twice.
  const jobs = new Map([...matching, ...(byId ? [byId] : [])].map((one) => [one.job.id, one]));
  const found = [...jobs.values()].map(presentFound).sort((a, b) => (a.received_at < b.received_at ? 1 : -1));
  return { found, unsearched: typeof open === 'number' ? open : 0 };
}
