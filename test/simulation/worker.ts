import {
  bucketOf,
  claim,
  finish,
  isRefused,
  processOnShard,
  putBack,
  shardAt,
  type ApplicationEvent,
  type QueueJob,
  type World,
} from './world';

/** Errors that a test plants in the design. */
export type Flaw =
  | 'no claim'
  | 'claim after the insert'
  | 'a later claim replaces the first'
  | 'the job is finished before the insert'
  | 'shards do not check that they own the bucket'
  | 'an event of another candidate is dropped'
  | 'the rules are checked before the transaction';

function claimWith(world: World, event: ApplicationEvent, flaw: Flaw | undefined): string {
  if (flaw === 'no claim' || flaw === 'claim after the insert') return event.candidate;
  if (flaw === 'a later claim replaces the first') world.claims.set(event.id, event.candidate);
  return claim(world, event);
}

/**
 * Processes a job: claim, shard, outcome, end of the job. Between two steps (`yield`) others may run, or the worker may crash: then
 * nobody continues the generator.
 */
export function* processJob(world: World, job: QueueJob, flaw?: Flaw): Generator<undefined, void> {
  const token = ++job.token;
  job.state = 'active';
  const { event } = job;
  yield;
  const claimed = claimWith(world, event, flaw);
  yield;
  const bucket = bucketOf(claimed);
  const shard = shardAt(world, world.bucketMap[bucket]);
  yield;
  if (flaw === 'the job is finished before the insert') {
    finish(job, token);
    yield;
  }
  if (!shard.owned.has(bucket) && flaw !== 'shards do not check that they own the bucket') {
    putBack(job, token); // The bucket is moving: another attempt reads the map again.
    return;
  }
  const refused = isRefused(shard, event);
  if (flaw === 'the rules are checked before the transaction') yield;
  const isDropped = flaw === 'an event of another candidate is dropped' && claimed !== event.candidate;
  if (!isDropped) processOnShard(shard, claimed, event, refused);
  yield;
  if (flaw === 'claim after the insert') {
    claim(world, event);
    yield;
  }
  finish(job, token);
}
