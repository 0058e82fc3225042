import { randomFrom } from '../support/random';
import { eventually } from '../support/eventually';
import { check, type Violation } from './check';
import { injectFaults, type InjectedFault } from './inject';
import { createHttpClient, type HttpClient } from './http';
import { faultKinds, KINDS_THAT_NEED_DISK } from './fault-kinds';
import { planFaults } from './plan';
import type { PlantedBug } from './planted-bugs/planted-bugs';
import { createMover, follow, type Follower, type Mover } from './reader';
import { watchRecovery, type Recovery } from './recovery';
import { createSender, type Sender } from './sender';
import { readStored, type Stored } from './stored';
import { sql, type Store } from './stores';
import { startSystem, type TestSystem } from './system';

export interface RunSettings {
  seed: number;
  lengthMs: number;
  /** Average time between two faults, in milliseconds. */
  faultEveryMs: number;
  /** How long another transaction holds a lock, in milliseconds; null for some seconds. */
  lockMs: number | null;
  /** Parts of the names of the kinds to inject; an empty string matches all. */
  only: readonly string[];
  /** Approximate number of applications. */
  count: number;
  bug: PlantedBug;
  log: (line: string) => void;
}

export interface Result {
  acknowledged: number;
  injected: InjectedFault[];
  skipped: readonly string[];
  violations: Violation[];
  stored: Stored;
  sender: Sender;
  /** The longest time from acknowledgement to outcome, and from the end of the load to the last outcome; milliseconds. */
  longestWaitMs: number;
  idleAfterMs: number;
}

const IDLE_WITHIN_MS = 150_000;
const CONNECTIONS = 32;
/** At the end this many applications are delivered again; the responses must agree with what is stored. */
const REDELIVERED = 500;

async function isIdle({ queue }: TestSystem): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
}

async function countEvents(postgres: Store): Promise<number> {
  const [row] = await sql<{ count: string }>(postgres, 'SELECT count(*) FROM events');
  return Number(row?.count);
}

/** Returns whether the condition came true in time; if not, that is a violation like others. */
async function becomesTrue(condition: () => Promise<boolean>): Promise<boolean> {
  try {
    return await eventually(condition, IDLE_WITHIN_MS);
  } catch {
    return false;
  }
}

/** Delivers a sample of all applications once more. */
async function redeliverSome(sender: Sender): Promise<void> {
  const acknowledged = sender.sent.filter((one) => one.acknowledged);
  const every = Math.max(1, Math.floor(acknowledged.length / REDELIVERED));
  for (let i = 0; i < acknowledged.length; i += every) {
    const one = acknowledged[i];
    if (one) await sender.redeliver(one);
  }
}

function longestWait({ applications }: Stored): number {
  return applications.reduce(
    (longest, row) => Math.max(longest, row.processed_at.getTime() - row.received_at.getTime()),
    0,
  );
}

/** Everything that uses the system during a run. */
interface Clients {
  webs: HttpClient[];
  sender: Sender;
  mover: Mover;
  follower: Follower;
  recovery: Recovery;
}

function startClients(system: TestSystem, seed: number): Clients {
  const webs = system.webs.map(({ front }) =>
    createHttpClient(`http://127.0.0.1:${front.port}`, CONNECTIONS),
  );
  const readerSettings = { token: system.token, webs, random: randomFrom(seed + 1) };
  const mover = createMover(readerSettings);
  const follower = follow(readerSettings, ({ type, data }) => {
    if (type === 'conversation.created') mover.begin(data);
  });
  const recovery = watchRecovery(system.postgres);
  const sender = createSender({
    secret: system.secret,
    webs,
    random: randomFrom(seed + 2),
    run: `run${seed}`,
    onAcknowledged: () => recovery.acknowledged(),
  });
  return { webs, sender, mover, follower, recovery };
}

/**
 * Waits until all jobs are processed and the reader has read all events, and stops the clients.
 * @returns what went wrong, and how long the jobs took
 */
async function finish(
  system: TestSystem,
  { webs, sender, mover, follower, recovery }: Clients,
): Promise<{ problems: string[]; idleAfterMs: number }> {
  const ended = Date.now();
  const problems: string[] = [];
  const collect = (work: Promise<void>) =>
    work.catch((error: unknown) => void problems.push((error as Error).message));
  if (!(await becomesTrue(() => isIdle(system)))) problems.push('jobs stay open without being processed');
  const idleAfterMs = Date.now() - ended;
  await collect(mover.stop());
  if (!(await becomesTrue(async () => follower.seen.length >= (await countEvents(system.postgres)))))
    problems.push('the reader does not reach the end of the feed');
  await collect(follower.stop());
  await redeliverSome(sender);
  await recovery.stop();
  if (!(await becomesTrue(() => isIdle(system)))) problems.push('redeliveries at the end reopened jobs');
  for (const web of webs) web.close();
  return { problems, idleAfterMs };
}

async function runOn(system: TestSystem, settings: RunSettings): Promise<Result> {
  const { seed, lengthMs, faultEveryMs, lockMs, only, count, log } = settings;
  const skipped = system.disk ? [] : KINDS_THAT_NEED_DISK;
  const kinds = faultKinds(lockMs).filter(
    ({ name }) => !skipped.includes(name) && only.some((part) => name.includes(part)),
  );
  const clients = startClients(system, seed);
  const { sender, recovery, follower, mover } = clients;
  await Promise.all([
    sender.send(count, lengthMs),
    injectFaults(system, planFaults(seed, lengthMs, faultEveryMs, kinds), (fault) => {
      recovery.faultEnded(fault);
      const duration = fault.ended - fault.began;
      log(`${fault.kind} (${fault.target}), ${duration} ms; ${sender.acknowledged()} acknowledged`);
    }),
  ]);
  const { problems, idleAfterMs } = await finish(system, clients);
  const stored = await readStored(system.postgres);
  const violations = check({ sent: sender.sent, seen: follower.seen, moved: mover.moved }, stored);
  for (const what of [...problems, ...system.crashes, ...sender.unexpected])
    violations.push({ kind: 'contradictory', what });
  return {
    acknowledged: sender.acknowledged(),
    injected: recovery.faults,
    skipped,
    violations,
    stored,
    sender,
    longestWaitMs: longestWait(stored),
    idleAfterMs,
  };
}

/** Runs load and faults, waits until all jobs are processed, and compares everything sent with everything stored. */
export async function runFaults(settings: RunSettings): Promise<Result> {
  const system = await startSystem(settings.bug);
  try {
    return await runOn(system, settings);
  } finally {
    await system.stop();
  }
}
