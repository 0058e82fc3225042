import { setTimeout as wait } from 'node:timers/promises';
import type { ApplicationView } from '../../lib/domain';
import type { Stores } from './source';

const SLICE = 200;
const PAUSE_MS = 200;
/** More applications than this do not wait for their outcome at the same time, so that memory stays small. */
const MOST_PENDING = 5000;

const isPending = ({ status }: ApplicationView) => status === 'QUEUED' || status === 'PROCESSING';

/** Follows applications to their outcomes. */
export interface Follower {
  /** Adds an application, and waits while there are too many. */
  add(id: string): Promise<void>;
  /** Waits until every application has its outcome. */
  finish(): Promise<void>;
  pending(): number;
}

/**
 * @param settled called once with each application that has its outcome
 * @param signal ends the waiting with its reason
 */
export function createFollower(
  { database, queue }: Stores,
  settled: (application: ApplicationView) => Promise<void>,
  signal: AbortSignal,
): Follower {
  const pending = new Set<string>();

  /** Checks those that have waited longest, and puts the others behind. */
  async function check(): Promise<void> {
    const { findApplication } = await import('../../applications/find');
    const ids = [...pending].slice(0, SLICE);
    const found = await Promise.all(ids.map((id) => findApplication(database, queue, id)));
    for (const application of found) {
      pending.delete(application.id);
      if (isPending(application)) pending.add(application.id);
      else await settled(application);
    }
    if (found.every(isPending)) await wait(PAUSE_MS, undefined, { signal });
  }

  async function waitUntil(most: number): Promise<void> {
    while (pending.size > most) {
      signal.throwIfAborted();
      await check();
    }
  }

  return {
    async add(id) {
      pending.add(id);
      await waitUntil(MOST_PENDING);
    },
    finish: () => waitUntil(0),
    pending: () => pending.size,
  };
}
