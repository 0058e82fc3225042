import { setTimeout as wait } from 'node:timers/promises';
import { withDeadline } from '../../src/lib/shutdown';
import type { Proxy } from '../support/tcp-proxy';
import type { Member } from './fleet';
import { takeAllConnections, type Store } from './stores';
import type { World } from './world';

/** One kind of fault: `inflict` resolves when it is over and what it hit can work again. */
export interface Kind {
  name: string;
  /** What it hits: faults at the same thing wait for each other. */
  hits: 'web' | 'worker' | 'redis' | 'postgres' | 'network';
  /** Least and most milliseconds. */
  lasts: readonly [number, number];
  inflict(world: World, fault: { lastsMs: number; choice: number; victim: number }): Promise<void>;
}

const SHORT = [800, 2500] as const;
const NO_TIME = [0, 0] as const;
const IN_HAND_MS = 200;
const WAITING_MS = 1000;
/** A worker's hold on its jobs ends after ten seconds; stopped for longer, it comes back to jobs that others have done. */
const BEYOND_A_LOCK = [12_000, 15_000] as const;

type Way = 'toRedis' | 'toPostgres';

/** The ways of all processes to a store, or of one, or of the senders to the webs: as the choice says. */
function ways(world: World, way: Way | 'front', choice: number): Proxy[] {
  const all = way === 'front' ? world.webs : [...world.webs, ...world.workers];
  const one = all[Math.floor(choice * 2 * all.length)];
  return (one ? [one] : all).map((member) => member[way]);
}

/** Lets answers of PostgreSQL come so late that a worker surely has jobs in hand. */
async function inTheMidst({ toPostgres }: Member): Promise<void> {
  toPostgres.delay(IN_HAND_MS);
  await wait(2 * IN_HAND_MS);
}

function kill(group: 'webs' | 'workers'): Kind['inflict'] {
  return async (world, { victim }) => {
    const member = world[group][victim] as Member;
    await inTheMidst(member);
    member.signal('SIGKILL');
    member.toPostgres.restore();
    await member.again();
  };
}

function terminate(group: 'webs' | 'workers'): Kind['inflict'] {
  return async (world, { victim }) => {
    const member = world[group][victim] as Member;
    await inTheMidst(member);
    member.signal('SIGTERM');
    const how = await member.ended();
    member.toPostgres.restore();
    if (how !== '0') world.crashes.push(`${member.name} was asked to stop and ended with ${how}`);
    await member.again();
  };
}

function pauseMember(group: 'webs' | 'workers'): Kind['inflict'] {
  return async (world, { victim, lastsMs }) => {
    const member = world[group][victim] as Member;
    await inTheMidst(member);
    member.signal('SIGSTOP');
    await wait(lastsMs);
    member.signal('SIGCONT');
    member.toPostgres.restore();
  };
}

async function killPostgres({ postgres }: World): Promise<void> {
  await postgres.signal('SIGKILL');
  await postgres.start();
}

function pauseStore(which: 'redis' | 'postgres'): Kind['inflict'] {
  return async (world, { lastsMs }) => {
    const store: Store = world[which];
    await store.signal('SIGSTOP');
    await wait(lastsMs);
    await store.signal('SIGCONT');
  };
}

function disturb(way: Way | 'front', how: (proxy: Proxy, choice: number) => void): Kind['inflict'] {
  return async (world, { lastsMs, choice }) => {
    const proxies = ways(world, way, choice);
    for (const proxy of proxies) how(proxy, choice);
    await wait(lastsMs);
    for (const proxy of proxies) proxy.restore();
  };
}

const cut = (proxy: Proxy) => proxy.cut();
const stall = (proxy: Proxy) => proxy.stall();
const delay = (proxy: Proxy, choice: number) => proxy.delay(20 + 300 * choice);

async function outOfMemory({ redisAdmin }: World, { lastsMs }: { lastsMs: number }): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await redisAdmin.info('memory'))?.[1]);
  await redisAdmin.config('SET', 'maxmemory', String(Math.floor(used * 0.9)));
  await wait(lastsMs);
  await redisAdmin.config('SET', 'maxmemory', '0');
}

async function outOfConnections(world: World, { lastsMs }: { lastsMs: number }): Promise<void> {
  const proxies = ways(world, 'toPostgres', 1);
  for (const proxy of proxies) proxy.cut();
  const enough = new AbortController();
  const taking = takeAllConnections(world.postgres, enough.signal);
  await wait(1000);
  for (const proxy of proxies) proxy.restore();
  await wait(lastsMs);
  enough.abort();
  await taking;
}

/** Redis ends when it cannot write; it is started again when there is room. */
async function diskFull({ disk, redis }: World, { lastsMs }: { lastsMs: number }): Promise<void> {
  await disk?.fill();
  const ended = await withDeadline(redis.ended(), 10_000);
  await wait(lastsMs);
  await disk?.free();
  if (ended) await redis.start();
}

/** What is decided is safe from Redis; so the workers cannot decide for a while, and Redis alone holds what comes. */
async function holdWorkers({ workers }: World): Promise<() => void> {
  for (const { toPostgres } of workers) toPostgres.cut();
  await wait(WAITING_MS);
  return () => workers.forEach(({ toPostgres }) => toPostgres.restore());
}

async function killRedis(world: World): Promise<void> {
  const release = await holdWorkers(world);
  await world.redis.signal('SIGKILL');
  await world.redis.start();
  release();
}

async function powerCut(world: World): Promise<void> {
  const { disk, redis } = world;
  const release = await holdWorkers(world);
  await redis.signal('SIGKILL');
  await redis.ended();
  await disk?.losePower();
  await redis.start();
  release();
}

/** Every kind of fault, in the order of the report. */
export const KINDS: readonly Kind[] = [
  { name: 'kill -9 of a web', hits: 'web', lasts: NO_TIME, inflict: kill('webs') },
  { name: 'kill -9 of a worker', hits: 'worker', lasts: NO_TIME, inflict: kill('workers') },
  { name: 'kill -9 of Redis', hits: 'redis', lasts: NO_TIME, inflict: killRedis },
  { name: 'kill -9 of PostgreSQL', hits: 'postgres', lasts: NO_TIME, inflict: killPostgres },
  { name: 'SIGTERM of a web', hits: 'web', lasts: NO_TIME, inflict: terminate('webs') },
  { name: 'SIGTERM of a worker', hits: 'worker', lasts: NO_TIME, inflict: terminate('workers') },
  { name: 'web stopped', hits: 'web', lasts: SHORT, inflict: pauseMember('webs') },
  {
    name: 'worker stopped beyond its locks',
    hits: 'worker',
    lasts: BEYOND_A_LOCK,
    inflict: pauseMember('workers'),
  },
  { name: 'Redis stopped', hits: 'redis', lasts: SHORT, inflict: pauseStore('redis') },
  { name: 'PostgreSQL stopped', hits: 'postgres', lasts: SHORT, inflict: pauseStore('postgres') },
  { name: 'senders cut off', hits: 'network', lasts: SHORT, inflict: disturb('front', cut) },
  { name: 'Redis cut off', hits: 'network', lasts: SHORT, inflict: disturb('toRedis', cut) },
  { name: 'Redis silent', hits: 'network', lasts: SHORT, inflict: disturb('toRedis', stall) },
  { name: 'Redis slow', hits: 'network', lasts: SHORT, inflict: disturb('toRedis', delay) },
  { name: 'PostgreSQL cut off', hits: 'network', lasts: SHORT, inflict: disturb('toPostgres', cut) },
  { name: 'PostgreSQL silent', hits: 'network', lasts: SHORT, inflict: disturb('toPostgres', stall) },
  { name: 'PostgreSQL slow', hits: 'network', lasts: SHORT, inflict: disturb('toPostgres', delay) },
  { name: 'Redis out of memory', hits: 'redis', lasts: SHORT, inflict: outOfMemory },
  { name: 'PostgreSQL out of connections', hits: 'postgres', lasts: SHORT, inflict: outOfConnections },
  { name: 'disk full under Redis', hits: 'redis', lasts: SHORT, inflict: diskFull },
  { name: 'power cut under Redis', hits: 'redis', lasts: NO_TIME, inflict: powerCut },
];

/** The kinds that need the disk of disk.ts. */
export const NEED_DISK: readonly string[] = ['disk full under Redis', 'power cut under Redis'];
