import { callQueue, type ApplicationQueue, type ApplicationJobData } from './applications';

/** A job that holds an application of the candidate. Its id is made of the application's, unless an operator copied it. */
export interface CandidateJob {
  jobId: string;
  delivery: ApplicationJobData;
}

const PORTION = 1000;

function deliveryIn(data: string | null, candidateId: string): ApplicationJobData | null {
  if (!data?.includes(JSON.stringify(candidateId))) return null;
  const { event } = JSON.parse(data) as Partial<ApplicationJobData>;
  return event?.candidate_id === candidateId ? (JSON.parse(data) as ApplicationJobData) : null;
}

/**
 * Every job of a candidate, whatever state it is in. Reads the whole queue by SCAN, which finds for sure what is there from
 * its beginning to its end; the lists of the states shift while they are read.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function findCandidateJobs(
  { queue, connection }: ApplicationQueue,
  candidateId: string,
): Promise<CandidateJob[]> {
  const found = new Map<string, ApplicationJobData>();
  const prefix = queue.toKey('');
  let cursor = '0';
  do {
    const at = cursor;
    const [next, keys] = await callQueue(() =>
      connection.scan(at, 'MATCH', `${prefix}*`, 'COUNT', PORTION, 'TYPE', 'hash'),
    );
    const data = await callQueue(() => Promise.all(keys.map((key) => connection.hget(key, 'data'))));
    for (const [n, key] of keys.entries()) {
      const delivery = deliveryIn(data[n] ?? null, candidateId);
      if (delivery) found.set(key.slice(prefix.length), delivery);
    }
    cursor = next;
  } while (cursor !== '0');
  return [...found].map(([jobId, delivery]) => ({ jobId, delivery }));
}
