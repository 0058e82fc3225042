import { bucketOf, type ApplicationRow, type Conversation, type World } from './world';

/** The final outcomes seen so far: they must not change. */
export type FinalOutcomes = Map<string, string>;

/** Returns the rows that the shards own. During a move, the copies are on neither side. */
function visible<T extends { candidate: string }>(
  world: World,
  rows: (shard: World['shards'][number]) => Iterable<[string, T]>,
): [string, T][] {
  return world.shards.flatMap((shard) =>
    [...rows(shard)].filter(([, { candidate }]) => shard.owned.has(bucketOf(candidate))),
  );
}

const applications = (world: World): [string, ApplicationRow][] =>
  visible(world, (shard) => shard.applications);

/** Returns the conversations that can be read and moved. */
export const ownedConversations = (world: World): Conversation[] =>
  visible(world, (shard) => shard.conversations).map(([, conversation]) => conversation);

function hasDuplicates(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}

/** Throws if a rule is broken. */
export function checkRules(world: World, finals: FinalOutcomes): void {
  const rows = applications(world);
  if (hasDuplicates(rows.map(([id]) => id))) throw new Error('an application has two outcomes');
  const all = ownedConversations(world);
  if (hasDuplicates(all.map(({ application }) => application)))
    throw new Error('an application has two conversations');
  if (hasDuplicates(all.filter(({ isActive }) => isActive).map(({ candidate }) => candidate)))
    throw new Error('a candidate has two active conversations');
  if (hasDuplicates(all.map(({ candidate, job }) => `${candidate} ${job}`)))
    throw new Error('a candidate has two conversations for one job');
  for (const [id, { candidate, status }] of rows.filter(([, row]) => row.status !== 'FAILED')) {
    const outcome = `${candidate} ${status}`;
    if ((finals.get(id) ?? outcome) !== outcome) throw new Error('a final outcome has changed');
    finals.set(id, outcome);
  }
}

/** Throws if, after all work is done, an acknowledged application has no outcome, or an accepted one no conversation. */
export function checkComplete(world: World): void {
  const rows = new Map(applications(world));
  const started = new Set(ownedConversations(world).map(({ application }) => application));
  for (const id of world.acknowledged)
    if (!rows.has(id)) throw new Error('an acknowledged application has no outcome');
  for (const [id, { status }] of rows)
    if ((status === 'ACCEPTED') !== started.has(id))
      throw new Error('an outcome does not match the conversations');
}
