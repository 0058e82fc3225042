import { setTimeout as wait } from 'node:timers/promises';
import type { ApplicationView } from '../../lib/domain';
import type { ReplayBackend } from '../backend/backend';

const SLICE = 50;
const PAUSE_MS = 200;
/** More applications than this do not wait for their outcome at the same time, so that memory stays small. */
const MOST_PENDING = 1000;

const isPending = ({ status }: ApplicationView) => status === 'QUEUED' || status === 'PROCESSING';

/** Follows applications to their outcomes. */
export interface Follower {
  /** Adds applications, checks some that were added before, and waits while there are too many. One call at a time. */
  add(ids: readonly string[]): Promise<void>;
  /** Waits until every application has its outcome. */
  finish(): Promise<void>;
  pending(): number;
}

/** What a follower calls. */
export interface FollowerEvents {
  /** Called once with each application that has its outcome. */
  settled: (application: ApplicationView) => Promise<void>;
  /** Called after each check, also if none of the checked applications had an outcome. */
  checked?: () => void;
}

/** @param signal ends the waiting with its reason */
export function createFollower(
  { find }: Pick<ReplayBackend, 'find'>,
  { settled, checked }: FollowerEvents,
  signal: AbortSignal,
): Follower {
  const pending = new Set<string>();

  /** Checks those that have waited longest, and puts the others behind. */
  async function check(mayPause: boolean): Promise<void> {
    const ids = [...pending].slice(0, SLICE);
    const found = await Promise.all(ids.map((id) => find(id)));
    for (const application of found) {
      pending.delete(application.id);
      if (isPending(application)) pending.add(application.id);
      else await settled(application);
    }
    checked?.();
    if (mayPause && found.every(isPending)) await wait(PAUSE_MS, undefined, { signal });
  }

  async function waitUntil(most: number): Promise<void> {
    while (pending.size > most) {
      signal.throwIfAborted();
      await check(true);
    }
  }

  return {
    async add(ids) {
      await check(false);
      for (const id of ids) pending.add(id);
      await waitUntil(MOST_PENDING);
    },
    finish: () => waitUntil(0),
    pending: () => pending.size,
  };
}
