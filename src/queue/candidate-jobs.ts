import { callQueue, type ApplicationJobData, type ApplicationQueue } from './applications';

/** A job that holds an application of the candidate. An operator may have copied it, so its id can be any. */
export interface CandidateJob {
  jobId: string;
  data: ApplicationJobData;
}

const SCAN_COUNT = 1000;

/** Returns the data of a job of this candidate, or null for any other job. Parses only what contains the id. */
function parseData(json: string | null, candidateId: string): ApplicationJobData | null {
  if (!json?.includes(JSON.stringify(candidateId))) return null;
  const data = JSON.parse(json) as Partial<ApplicationJobData>;
  return data.event?.candidate_id === candidateId ? (data as ApplicationJobData) : null;
}

/**
 * Finds the jobs of a candidate in every state. Uses SCAN, which is certain to find keys that exist all the while; the lists of
 * the states shift while they are read.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function findCandidateJobs(
  { queue, connection }: ApplicationQueue,
  candidateId: string,
): Promise<CandidateJob[]> {
  const found = new Map<string, ApplicationJobData>(); // SCAN may return a key twice.
  const prefix = queue.toKey('');
  let cursor = '0';
  do {
    const from = cursor;
    const [next, keys] = await callQueue(() =>
      connection.scan(from, 'MATCH', `${prefix}*`, 'COUNT', SCAN_COUNT, 'TYPE', 'hash'),
    );
    const values = await callQueue(() => Promise.all(keys.map((key) => connection.hget(key, 'data'))));
    for (const [n, key] of keys.entries()) {
      const data = parseData(values[n] ?? null, candidateId);
      if (data) found.set(key.slice(prefix.length), data);
    }
    cursor = next;
  } while (cursor !== '0');
  return [...found].map(([jobId, data]) => ({ jobId, data }));
}
