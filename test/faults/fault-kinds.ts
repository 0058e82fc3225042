import { setTimeout as wait } from 'node:timers/promises';
import type { Proxy } from '../support/tcp-proxy';
import { lockRows, lockTable, terminateSessions } from './postgres-faults';
import { kill, killOneOfCluster, pauseMember, setClock, terminate } from './process-faults';
import { diskFull, killRedis, outOfMemory, powerCut } from './redis-faults';
import { occupyAllConnections, type Store } from './stores';
import type { TestSystem } from './system';

/** A kind of fault. `inject` resolves when the fault is over and its target can work again. */
export interface FaultKind {
  name: string;
  /** The target: faults of the same target wait for each other. */
  hits: 'web' | 'worker' | 'redis' | 'postgres' | 'network' | 'rows' | 'table';
  /** Minimum and maximum duration in milliseconds. */
  lasts: readonly [number, number];
  inject(system: TestSystem, fault: { lastsMs: number; choice: number; target: number }): Promise<void>;
}

const SHORT = [800, 2500] as const;
const SOME_SECONDS = [2000, 4000] as const;
const UNTIL_RESTART = [0, 0] as const;
/** Longer than the lock of a job (ten seconds): the worker resumes with jobs that others have processed meanwhile. */
const LOCK_DURATION = [6000, 9000] as const;
const LONGER_THAN_LOCK = [12_000, 15_000] as const;

type ProxyName = 'toRedis' | 'toPostgres';

/** Returns the proxies of all processes or of one, as `choice` says: to a store, or from clients to web processes. */
function selectProxies(system: TestSystem, name: ProxyName | 'front', choice: number): Proxy[] {
  const all = name === 'front' ? system.webs : [...system.webs, ...system.workers];
  const one = all[Math.floor(choice * 2 * all.length)];
  return (one ? [one] : all).map((member) => member[name]);
}

async function killPostgres({ postgres }: TestSystem): Promise<void> {
  await postgres.signal('SIGKILL');
  await postgres.start();
}

function pauseStore(which: 'redis' | 'postgres'): FaultKind['inject'] {
  return async (system, { lastsMs }) => {
    const store: Store = system[which];
    await store.signal('SIGSTOP');
    await wait(lastsMs);
    await store.signal('SIGCONT');
  };
}

function disturb(
  name: ProxyName | 'front',
  how: (proxy: Proxy, choice: number) => void,
): FaultKind['inject'] {
  return async (system, { lastsMs, choice }) => {
    const proxies = selectProxies(system, name, choice);
    for (const proxy of proxies) how(proxy, choice);
    await wait(lastsMs);
    for (const proxy of proxies) proxy.restore();
  };
}

const cut = (proxy: Proxy) => proxy.cut();
const stall = (proxy: Proxy) => proxy.stall();
const delay = (proxy: Proxy, choice: number) => proxy.delay(20 + 300 * choice);

async function outOfConnections(system: TestSystem, { lastsMs }: { lastsMs: number }): Promise<void> {
  const proxies = selectProxies(system, 'toPostgres', 1);
  for (const proxy of proxies) proxy.cut();
  const enough = new AbortController();
  const taking = occupyAllConnections(system.postgres, enough.signal);
  await wait(1000);
  for (const proxy of proxies) proxy.restore();
  await wait(lastsMs);
  enough.abort();
  await taking;
}

/** All kinds of faults, in the order of the report. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'kill -9 of a web', hits: 'web', lasts: UNTIL_RESTART, inject: kill('webs') },
  { name: 'kill -9 of a worker', hits: 'worker', lasts: UNTIL_RESTART, inject: kill('workers') },
  {
    name: 'kill -9 of one process of a web',
    hits: 'web',
    lasts: UNTIL_RESTART,
    inject: killOneOfCluster,
  },
  { name: 'kill -9 of Redis', hits: 'redis', lasts: UNTIL_RESTART, inject: killRedis },
  { name: 'kill -9 of PostgreSQL', hits: 'postgres', lasts: UNTIL_RESTART, inject: killPostgres },
  { name: 'SIGTERM of a web', hits: 'web', lasts: UNTIL_RESTART, inject: terminate('webs') },
  { name: 'SIGTERM of a worker', hits: 'worker', lasts: UNTIL_RESTART, inject: terminate('workers') },
  { name: 'clock of a web set', hits: 'web', lasts: UNTIL_RESTART, inject: setClock },
  { name: 'web stopped', hits: 'web', lasts: SHORT, inject: pauseMember('webs') },
  {
    name: 'worker stopped beyond its locks',
    hits: 'worker',
    lasts: LONGER_THAN_LOCK,
    inject: pauseMember('workers'),
  },
  { name: 'Redis stopped', hits: 'redis', lasts: SHORT, inject: pauseStore('redis') },
  { name: 'PostgreSQL stopped', hits: 'postgres', lasts: SHORT, inject: pauseStore('postgres') },
  { name: 'senders cut off', hits: 'network', lasts: SHORT, inject: disturb('front', cut) },
  { name: 'Redis cut off', hits: 'network', lasts: SHORT, inject: disturb('toRedis', cut) },
  { name: 'Redis silent', hits: 'network', lasts: SHORT, inject: disturb('toRedis', stall) },
  { name: 'Redis slow', hits: 'network', lasts: SHORT, inject: disturb('toRedis', delay) },
  { name: 'PostgreSQL cut off', hits: 'network', lasts: SHORT, inject: disturb('toPostgres', cut) },
  { name: 'PostgreSQL silent', hits: 'network', lasts: SHORT, inject: disturb('toPostgres', stall) },
  { name: 'PostgreSQL slow', hits: 'network', lasts: SHORT, inject: disturb('toPostgres', delay) },
  { name: 'Redis out of memory', hits: 'redis', lasts: SHORT, inject: outOfMemory },
  { name: 'PostgreSQL out of connections', hits: 'postgres', lasts: SHORT, inject: outOfConnections },
  {
    name: 'PostgreSQL sessions terminated',
    hits: 'postgres',
    lasts: SOME_SECONDS,
    inject: terminateSessions,
  },
  { name: 'candidates locked', hits: 'rows', lasts: LOCK_DURATION, inject: lockRows },
  { name: 'table locked', hits: 'table', lasts: LOCK_DURATION, inject: lockTable },
  { name: 'disk full under Redis', hits: 'redis', lasts: SHORT, inject: diskFull },
  { name: 'power cut under Redis', hits: 'redis', lasts: UNTIL_RESTART, inject: powerCut },
];

/** Returns the kinds, with locks of PostgreSQL that last this long; null for some seconds. */
export function faultKinds(lockMs: number | null): FaultKind[] {
  return FAULT_KINDS.map((kind) =>
    lockMs !== null && kind.lasts === LOCK_DURATION ? { ...kind, lasts: [lockMs, lockMs] } : kind,
  );
}

const NEED_DISK = ['disk full under Redis', 'power cut under Redis'];
const NEED_CLUSTER = ['kill -9 of one process of a web'];

/** Returns the names of the kinds that a system cannot have. */
export function impossibleKinds({ disk, webConcurrency }: TestSystem): string[] {
  return [...(disk ? [] : NEED_DISK), ...(webConcurrency > 1 ? [] : NEED_CLUSTER)];
}
