import type { Clients } from './clients';
import { waitUntilNoneLeft } from '../support/progress';
import type { Sender } from './sender';
import { sql } from './stores';
import type { TestSystem } from './system';

/** Without progress for so long, something is stuck. A lock of a killed worker, and a pause before an attempt, last ten seconds. */
const STALL_MS = 60_000;
/** At the end this many applications are delivered again; the responses must agree with what is stored. */
const REDELIVERED = 500;

/** How a run ended. Times in milliseconds. */
export interface End {
  problems: string[];
  /** From the end of the load to the last outcome. */
  idleAfterMs: number;
  /** The longest time after the load in which no job was finished and no event was read. */
  longestStallMs: number;
}

async function countOpenJobs({ queue }: TestSystem): Promise<number> {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function countEvents({ postgres }: TestSystem): Promise<number> {
  const [row] = await sql<{ count: string }>(postgres, 'SELECT count(*) FROM events');
  return Number(row?.count);
}

/** Delivers a sample of all applications once more. */
async function redeliverSome(sender: Sender): Promise<void> {
  const acknowledged = sender.sent.filter((one) => one.acknowledgedAt !== null);
  const every = Math.max(1, Math.floor(acknowledged.length / REDELIVERED));
  for (let i = 0; i < acknowledged.length; i += every) {
    const one = acknowledged[i];
    if (one) await sender.redeliver(one);
  }
}

/** Waits until all jobs are processed and the reader has read all events, and stops the clients. */
export async function finish(
  system: TestSystem,
  { webs, sender, eraser, mover, follower, recovery }: Clients,
): Promise<End> {
  const ended = Date.now();
  const end: End = { problems: [], idleAfterMs: 0, longestStallMs: 0 };
  const collect = (work: Promise<void>) =>
    work.catch((error: unknown) => void end.problems.push((error as Error).message));

  async function waitFor(countLeft: () => Promise<number>, what: string): Promise<void> {
    const { left, longestStallMs } = await waitUntilNoneLeft(countLeft, STALL_MS);
    end.longestStallMs = Math.max(end.longestStallMs, longestStallMs);
    if (left > 0) end.problems.push(`${left} ${what}; nothing moved for ${STALL_MS / 1000} s`);
  }

  await collect(eraser.stop());
  await waitFor(() => countOpenJobs(system), 'jobs stay open');
  end.idleAfterMs = Date.now() - ended;
  await collect(mover.stop());
  const countUnread = async () => (await countEvents(system)) - follower.seen.length;
  await waitFor(async () => Math.max(0, await countUnread()), 'events are not read');
  await collect(follower.stop());
  await redeliverSome(sender);
  await recovery.stop();
  await waitFor(() => countOpenJobs(system), 'jobs stay open after redeliveries');
  for (const web of webs) web.close();
  return end;
}
