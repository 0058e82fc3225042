import { randomFrom } from '../support/random';
import { eventually } from '../support/eventually';
import { check, type Fault } from './check';
import { inflictAll, type Inflicted } from './faults';
import { callerOf } from './http';
import { KINDS, NEED_DISK } from './kinds';
import { planFaults } from './plan';
import type { Plant } from './plants/plants';
import { createMover, follow } from './reader';
import { watchRecovery } from './recovery';
import { createSender, type Sender } from './sender';
import { readStored, type Stored } from './stored';
import { sql, type Store } from './stores';
import { startWorld, type World } from './world';

export interface RunSettings {
  seed: number;
  lengthMs: number;
  /** On average. */
  faultEveryMs: number;
  /** Parts of the names of the kinds to be inflicted; an empty one is in every name. */
  only: readonly string[];
  /** Applications, about. */
  count: number;
  plant: Plant;
  say: (line: string) => void;
}

export interface Result {
  acknowledged: number;
  inflicted: Inflicted[];
  leftOut: readonly string[];
  faults: Fault[];
  stored: Stored;
  sender: Sender;
  /** The longest time from acknowledgement to outcome, and until all was quiet after the load; milliseconds. */
  longestWaitMs: number;
  quietAfterMs: number;
}

const QUIET_WITHIN_MS = 150_000;
const CONNECTIONS = 32;
/** At the end so many senders ask once more, and must be told what is stored. */
const ASKED_AGAIN = 500;

async function isQuiet({ queue }: World): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).every((count) => count === 0);
}

async function events(postgres: Store): Promise<number> {
  const [row] = await sql<{ count: string }>(postgres, 'SELECT count(*) FROM events');
  return Number(row?.count);
}

/** Whether it came true within its time; what never does is a fault like any other. */
async function inTime(condition: () => Promise<boolean>): Promise<boolean> {
  try {
    return await eventually(condition, QUIET_WITHIN_MS);
  } catch {
    return false;
  }
}

/** Each of a number of applications, spread over all, is delivered once more. */
async function askAgain(sender: Sender): Promise<void> {
  const acknowledged = sender.sent.filter((one) => one.acknowledged);
  const every = Math.max(1, Math.floor(acknowledged.length / ASKED_AGAIN));
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

async function faultsIn(world: World, settings: RunSettings): Promise<Result> {
  const { seed, lengthMs, faultEveryMs, only, count, say } = settings;
  const leftOut = world.disk ? [] : NEED_DISK;
  const kinds = KINDS.filter(
    ({ name }) => !leftOut.includes(name) && only.some((part) => name.includes(part)),
  );
  const planned = planFaults(seed, lengthMs, faultEveryMs, kinds);
  const webs = world.webs.map(({ front }) => callerOf(`http://127.0.0.1:${front.port}`, CONNECTIONS));
  const reading = { token: world.token, webs, random: randomFrom(seed + 1) };
  const mover = createMover(reading);
  const follower = follow(reading, ({ type, data }) => type === 'conversation.created' && mover.begin(data));
  const recovery = watchRecovery(world.postgres);
  const sender = createSender({
    secret: world.secret,
    webs,
    random: randomFrom(seed + 2),
    run: `run${seed}`,
    onAcknowledged: () => recovery.acknowledged(),
  });
  await Promise.all([
    sender.send(count, lengthMs),
    inflictAll(world, planned, (fault) => {
      recovery.ended(fault);
      say(
        `${fault.kind} (${fault.victim}), ${fault.ended - fault.began} ms; ${sender.acknowledged()} acknowledged`,
      );
    }),
  ]);
  const ended = Date.now();
  const faults: Fault[] = [];
  const tell = (what: string) => faults.push({ kind: 'contradictory', what });
  const told = async (work: Promise<void>) =>
    work.catch((error: unknown) => void tell((error as Error).message));
  if (!(await inTime(() => isQuiet(world)))) tell('jobs are still open, and no worker does them');
  const quietAfterMs = Date.now() - ended;
  await told(mover.stop());
  if (!(await inTime(async () => follower.seen.length >= (await events(world.postgres)))))
    tell('the reader does not come to the end of the feed');
  await told(follower.stop());
  await askAgain(sender);
  await recovery.stop();
  if (!(await inTime(() => isQuiet(world)))) tell('redeliveries at the end opened jobs again');
  const stored = await readStored(world.postgres);
  faults.push(...check({ sent: sender.sent, seen: follower.seen, moved: mover.moved }, stored));
  for (const what of [...world.crashes, ...sender.wrong]) tell(what);
  for (const web of webs) web.close();
  return {
    acknowledged: sender.acknowledged(),
    inflicted: recovery.faults,
    leftOut,
    faults,
    stored,
    sender,
    longestWaitMs: longestWait(stored),
    quietAfterMs,
  };
}

/** One whole run: start, load and faults, quiet, and the comparison of everything sent with everything stored. */
export async function runFaults(settings: RunSettings): Promise<Result> {
  const world = await startWorld(settings.plant);
  try {
    return await faultsIn(world, settings);
  } finally {
    await world.stop();
  }
}
