import { primaries } from './connection';
import { readJobData } from './job-data';
import { callQueue, type ApplicationJobData, type ApplicationQueue } from './applications';

/** A job that holds an application of the candidate. An operator may have copied it, so its id can be any. */
export interface CandidateJob {
  jobId: string;
  data: ApplicationJobData;
}

const SCAN_COUNT = 1000;

/**
 * Returns the data of a job of this candidate, or null for any other job; invalid data that contains the id counts as the
 * candidate's. Parses only what contains the id.
 */
function parseData(json: string | null, jobId: string, candidateId: string): ApplicationJobData | null {
  if (!json?.includes(JSON.stringify(candidateId))) return null;
  const data = readJobData(json, jobId, 0);
  const isOwn =
    data.invalid !== undefined || (data as Partial<ApplicationJobData>).event?.candidate_id === candidateId;
  return isOwn ? data : null;
}

/** Yields the ids of all jobs, and of other keys of the queue, in batches. SCAN may return a key twice. */
async function* scanJobIds({ queue, connection }: ApplicationQueue): AsyncGenerator<string[]> {
  const prefix = queue.toKey('');
  for (const node of primaries(connection)) {
    let cursor = '0';
    do {
      const from = cursor;
      const [next, keys] = await callQueue(() =>
        node.scan(from, 'MATCH', `${prefix}*`, 'COUNT', SCAN_COUNT, 'TYPE', 'hash'),
      );
      yield keys.map((key) => key.slice(prefix.length));
      cursor = next;
    } while (cursor !== '0');
  }
}

/**
 * Finds the jobs of a candidate in every state. Uses SCAN, which is certain to find keys that exist all the while; the lists of
 * the states shift while they are read.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function findCandidateJobs(
  open: ApplicationQueue,
  candidateId: string,
): Promise<CandidateJob[]> {
  const { queue, connection } = open;
  const found = new Map<string, ApplicationJobData>();
  for await (const jobIds of scanJobIds(open)) {
    const values = await callQueue(() =>
      Promise.all(jobIds.map((jobId) => connection.hget(queue.toKey(jobId), 'data'))),
    );
    for (const [n, jobId] of jobIds.entries()) {
      const data = parseData(values[n] ?? null, jobId, candidateId);
      if (data) found.set(jobId, data);
    }
  }
  return [...found].map(([jobId, data]) => ({ jobId, data }));
}
