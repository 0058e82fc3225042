import { check, type Violation } from './check';
import { startClients } from './clients';
import { finish, type End } from './finish';
import { injectFaults, type InjectedFault } from './inject';
import { faultKinds, impossibleKinds } from './fault-kinds';
import { planFaults } from './plan';
import type { PlantedBug } from './planted-bugs/planted-bugs';
import type { Sender } from './sender';
import { readStored, type Stored } from './stored';
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
  webConcurrency: number;
  bug: PlantedBug;
  log: (line: string) => void;
}

export interface Result extends Omit<End, 'problems'> {
  acknowledged: number;
  /** How many candidates were erased. */
  erased: number;
  /** How many processes ended by themselves. */
  deaths: number;
  injected: InjectedFault[];
  skipped: readonly string[];
  violations: Violation[];
  stored: Stored;
  sender: Sender;
  /** The longest time from acknowledgement to outcome, in milliseconds. */
  longestWaitMs: number;
}

function longestWait({ applications }: Stored): number {
  return applications.reduce(
    (longest, row) => Math.max(longest, row.processed_at.getTime() - row.received_at.getTime()),
    0,
  );
}

async function runOn(system: TestSystem, settings: RunSettings): Promise<Result> {
  const { seed, lengthMs, faultEveryMs, lockMs, only, count, log } = settings;
  const skipped = impossibleKinds(system);
  const kinds = faultKinds(lockMs).filter(
    ({ name }) => !skipped.includes(name) && only.some((part) => name.includes(part)),
  );
  const clients = startClients(system, seed);
  const { sender, eraser, recovery, follower, mover } = clients;
  await Promise.all([
    sender.send(count, lengthMs),
    injectFaults(system, planFaults(seed, lengthMs, faultEveryMs, kinds), (fault) => {
      recovery.faultEnded(fault);
      const duration = fault.ended - fault.began;
      log(`${fault.kind} (${fault.target}), ${duration} ms; ${sender.acknowledged()} acknowledged`);
    }),
  ]);
  const { problems, ...end } = await finish(system, clients);
  const { erasures } = eraser;
  const erased = new Set(erasures.map(({ candidateId }) => candidateId));
  const ofErased = sender.sent.filter(({ event }) => erased.has(event.candidate_id));
  const stored = await readStored(system.postgres, system.queue, ofErased);
  const violations = check({ sent: sender.sent, erasures, seen: follower.seen, moved: mover.moved }, stored);
  for (const what of [...problems, ...system.problems, ...system.deaths, ...sender.unexpected])
    violations.push({ kind: 'contradictory', what });
  return {
    ...end,
    acknowledged: sender.acknowledged(),
    erased: erasures.length,
    deaths: system.deaths.length,
    injected: recovery.faults,
    skipped,
    violations,
    stored,
    sender,
    longestWaitMs: longestWait(stored),
  };
}

/** Runs load and faults, waits until all jobs are processed, and compares everything sent with everything stored. */
export async function runFaults(settings: RunSettings): Promise<Result> {
  const system = await startSystem(settings.bug, settings.webConcurrency);
  try {
    return await runOn(system, settings);
  } finally {
    await system.stop();
  }
}
