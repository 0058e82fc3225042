import { startPeriodicTask, type PeriodicTask } from '../../src/worker/periodic-task';
import { createLogger } from '../../src/lib/log';
import type { Inflicted } from './faults';
import { sql, type Store } from './stores';

const LOOK_EVERY_MS = 200;

export interface Recovery {
  faults: Inflicted[];
  /** A fault is over. */
  ended(fault: Inflicted): void;
  /** An application was acknowledged just now. */
  acknowledged(): void;
  stop(): Promise<void>;
}

/** Measures how long after the end of each fault the next application was acknowledged, and the next one decided. */
export function watchRecovery(postgres: Store): Recovery {
  const faults: Inflicted[] = [];
  const undecided = () => faults.filter((fault) => fault.decided === undefined);

  const watching: PeriodicTask = startPeriodicTask(
    'recovery watch',
    LOOK_EVERY_MS,
    createLogger('faults', 'silent'),
    async () => {
      const waiting = undecided();
      if (waiting.length === 0) return;
      const [newest] = await sql<{ at: Date | null }>(
        postgres,
        "SELECT max(created_at) AS at FROM events WHERE type <> 'conversation.updated'",
      );
      for (const fault of waiting)
        if (newest?.at && newest.at.getTime() >= fault.ended) fault.decided = Date.now();
    },
  );
  return {
    faults,
    ended: (fault) => faults.push(fault),
    acknowledged() {
      for (const fault of faults) fault.acknowledged ??= Date.now();
    },
    stop: () => watching.close(),
  };
}
