import { searchApplications, type FoundApplication } from '../../applications/search';
import { searchQueue } from '../../applications/search-queue';
import { isUuid } from '../../lib/ids';
import { withDatabaseErrors } from '../../models/database-errors';
import { fromJobId } from '../../queue/job-id';
import type { WebDeps } from '../context';
import { collectAvailable, type Available } from './available';
import { applicationLink, candidateLink, conversationLink } from './links';

const MOST_SHOWN = 50;

export interface Findings {
  found: FoundApplication[];
  notices: string[];
}

async function searchQueued(
  { queue }: WebDeps,
  text: string,
  { notices }: Available,
): Promise<FoundApplication[]> {
  const { found, unsearched } = await searchQueue(queue, text);
  if (unsearched > 0) notices.push(`${unsearched} applications in the queue can be found by their id only`);
  return found;
}

/** Searches both stores; the queue's applications come first. */
async function searchBoth(deps: WebDeps, text: string): Promise<Findings> {
  const available = collectAvailable();
  const { tryRead, notices } = available;
  const [stored, queued] = await Promise.all([
    tryRead('processed applications', () => searchApplications(deps.database, text, MOST_SHOWN + 1), []),
    tryRead('applications in the queue', () => searchQueued(deps, text, available), []),
  ]);
  const waiting = queued.filter(({ id }) => !stored.some((one) => one.id === id));
  const found = [...waiting, ...stored];
  if (found.length > MOST_SHOWN)
    notices.push(
      `only the newest ${MOST_SHOWN} are shown: type more, or follow a job to all of its applications`,
    );
  return { found: found.slice(0, MOST_SHOWN), notices };
}

/** Returns the application of the job with this id in one of the queues, or null. */
async function findByJobId({ database }: WebDeps, text: string): Promise<string | null> {
  if (!isUuid(text)) return fromJobId(text);
  const event = await withDatabaseErrors(() => database.events.findByPk(text));
  return event?.applicationId ?? null;
}

/** Finds applications as `conv find` does, and by the id of a job in a queue. Spaces around the text count only if it matches with them. */
export async function find(deps: WebDeps, text: string): Promise<Findings> {
  const asTyped = await searchBoth(deps, text);
  if (asTyped.found.length > 0 || asTyped.notices.length > 0) return asTyped;
  const trimmed = text.trim();
  if (trimmed !== text) return find(deps, trimmed);
  const id = await findByJobId(deps, text);
  return id === null ? asTyped : searchBoth(deps, id);
}

/** Returns the page of what has this text as its id, or of the only hit; null if there are several. */
export function onlyPage(text: string, found: readonly FoundApplication[]): string | null {
  const isMeant = (id: string | null) => id === text || id === text.trim();
  if (found.length > 1 && found.some(({ job_id }) => isMeant(job_id))) return null;
  const pages = found.flatMap(({ id, candidate_id, conversation_id }) => [
    ...(isMeant(id) ? [applicationLink(id)] : []),
    ...(isMeant(candidate_id) ? [candidateLink(candidate_id)] : []),
    ...(conversation_id !== null && isMeant(conversation_id) ? [conversationLink(conversation_id)] : []),
  ]);
  const [page, ...others] = new Set(pages);
  if (page !== undefined) return others.length === 0 ? page : null;
  const [first, ...more] = found;
  return first && more.length === 0 ? applicationLink(first.id) : null;
}
