/** The stores of the sharded design in docs/scaling.md, in memory. Each function here is one transaction, or one command of a store. */

/** What a sender posts, as far as the rules need it. */
export interface ApplicationEvent {
  id: string;
  candidate: string;
  job: string;
}

export interface QueueJob {
  event: ApplicationEvent;
  state: 'waiting' | 'active' | 'completed';
  /** Counts the workers that took the job; only the last one may finish it. */
  token: number;
}

export interface Conversation {
  application: string;
  candidate: string;
  job: string;
  isActive: boolean;
}

/** A row of `applications`. FAILED is the only outcome that is not final. */
export interface ApplicationRow {
  candidate: string;
  status: 'ACCEPTED' | 'REJECTED' | 'FAILED';
}

export interface Shard {
  /** The buckets that this shard may write. */
  owned: Set<number>;
  applications: Map<string, ApplicationRow>;
  /** By application id. */
  conversations: Map<string, Conversation>;
}

export interface World {
  queueCount: number;
  /** By queue and application id. */
  jobs: Map<string, QueueJob>;
  acknowledged: Set<string>;
  /** The candidate of each application id. */
  claims: Map<string, string>;
  shards: Shard[];
  /** The shard of each bucket. */
  bucketMap: number[];
  /** Bucket and target of the move that has begun. */
  move: { bucket: number; target: number } | undefined;
}

export const BUCKETS = 3;
export const SHARDS = 2;

const numberIn = (id: string): number => Number(id.slice(1));

/** Returns the bucket of a candidate. It never changes; the bucket's shard does. */
export const bucketOf = (candidate: string): number => numberIn(candidate) % BUCKETS;

export function createWorld(): World {
  const bucketMap = Array.from({ length: BUCKETS }, (_, bucket) => bucket % SHARDS);
  const shards = Array.from({ length: SHARDS }, (_, shard) => ({
    owned: new Set(bucketMap.flatMap((owner, bucket) => (owner === shard ? [bucket] : []))),
    applications: new Map<string, ApplicationRow>(),
    conversations: new Map<string, Conversation>(),
  }));
  return {
    queueCount: 1,
    jobs: new Map(),
    acknowledged: new Set(),
    claims: new Map(),
    shards,
    bucketMap,
    move: undefined,
  };
}

export function shardAt(world: World, index: number | undefined): Shard {
  const shard = world.shards[index ?? NaN];
  if (!shard) throw new Error(`there is no shard ${String(index)}`);
  return shard;
}

/** Adds a job to the queue of its application id, and acknowledges it. The same id with other data is refused while the queue knows it. */
export function receive(world: World, event: ApplicationEvent): void {
  const key = `${numberIn(event.id) % world.queueCount}/${event.id}`;
  const known = world.jobs.get(key)?.event;
  if (known && (known.candidate !== event.candidate || known.job !== event.job)) return;
  if (!known) world.jobs.set(key, { event, state: 'waiting', token: 0 });
  world.acknowledged.add(event.id);
}

/** Loses all jobs. Applications without an outcome are lost with them, until a sender sends them again. */
export function loseQueues(world: World): void {
  world.jobs.clear();
  const hasRow = (id: string) => world.shards.some((shard) => shard.applications.has(id));
  world.acknowledged = new Set([...world.acknowledged].filter(hasRow));
}

/** Claims an application id for its candidate, unless it is claimed. Returns the candidate that has it. */
export function claim(world: World, { id, candidate }: ApplicationEvent): string {
  const claimed = world.claims.get(id);
  if (claimed === undefined) world.claims.set(id, candidate);
  return claimed ?? candidate;
}

/** Whether the candidate has an active conversation, or one for this job. */
export function isRefused(shard: Shard, { candidate, job }: ApplicationEvent): boolean {
  const others = [...shard.conversations.values()].filter((one) => one.candidate === candidate);
  return others.some((other) => other.isActive || other.job === job);
}

/**
 * Stores the outcome and its conversation, unless a final outcome exists. An event of another candidate than the claimed one
 * stores FAILED, which the claimed candidate's event replaces.
 */
export function processOnShard(
  shard: Shard,
  claimed: string,
  event: ApplicationEvent,
  refused = isRefused(shard, event),
): void {
  const { id, candidate, job } = event;
  const existing = shard.applications.get(id);
  if (existing && existing.status !== 'FAILED') return;
  if (claimed !== candidate) {
    shard.applications.set(id, { candidate: claimed, status: 'FAILED' });
    return;
  }
  if (!refused) shard.conversations.set(id, { application: id, candidate, job, isActive: true });
  shard.applications.set(id, { candidate, status: refused ? 'REJECTED' : 'ACCEPTED' });
}

/** Whether the worker with this token still holds the job. */
const holds = (job: QueueJob, token: number): boolean => job.state === 'active' && job.token === token;

/** Finishes a job, unless its worker has lost it. */
export function finish(job: QueueJob, token: number): void {
  if (holds(job, token)) job.state = 'completed';
}

/** Returns a job to its queue, unless its worker has lost it. */
export function putBack(job: QueueJob, token: number): void {
  if (holds(job, token)) job.state = 'waiting';
}
