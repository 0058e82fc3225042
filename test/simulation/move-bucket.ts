import { bucketOf, shardAt, type Shard, type World } from './world';

function copyBucket(from: Shard, to: Shard, bucket: number): void {
  for (const [id, row] of from.applications)
    if (bucketOf(row.candidate) === bucket) to.applications.set(id, { ...row });
  for (const [id, conversation] of from.conversations)
    if (bucketOf(conversation.candidate) === bucket) to.conversations.set(id, { ...conversation });
}

function deleteBucket(shard: Shard, bucket: number): void {
  for (const [id, row] of shard.applications)
    if (bucketOf(row.candidate) === bucket) shard.applications.delete(id);
  for (const [id, { candidate }] of shard.conversations)
    if (bucketOf(candidate) === bucket) shard.conversations.delete(id);
}

/**
 * Moves a bucket to another shard, or continues a move that crashed: release, copy, own, change the map, delete. No shard owns the
 * bucket in between, so nothing is written that the copy could miss.
 */
export function* moveBucket(world: World): Generator<undefined, void> {
  if (!world.move) return;
  const { bucket, target } = world.move;
  const source = world.shards.find((shard) => shard.owned.has(bucket));
  const from = shardAt(world, world.bucketMap[bucket]);
  const to = shardAt(world, target);
  if (source !== to && from !== to) {
    from.owned.delete(bucket);
    yield;
    copyBucket(from, to, bucket);
    yield;
    to.owned.add(bucket);
    yield;
  }
  world.bucketMap[bucket] = target;
  yield;
  for (const shard of world.shards) if (shard !== to) deleteBucket(shard, bucket);
  world.move = undefined;
}
