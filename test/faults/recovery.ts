import { startPeriodicTask, type PeriodicTask } from '../../src/worker/periodic-task';
import { createLogger } from '../../src/lib/log';
import type { InjectedFault } from './inject';
import { sql, type Store } from './stores';

const POLL_MS = 200;

export interface Recovery {
  faults: InjectedFault[];
  /** Call when a fault has ended. */
  faultEnded(fault: InjectedFault): void;
  /** Call when an application was acknowledged. */
  acknowledged(): void;
  stop(): Promise<void>;
}

/** Measures how long after each fault the next application was acknowledged, and the next one processed. */
export function watchRecovery(postgres: Store): Recovery {
  const faults: InjectedFault[] = [];
  const unrecovered = () => faults.filter((fault) => fault.processed === undefined);

  const watching: PeriodicTask = startPeriodicTask(
    'recovery watch',
    POLL_MS,
    createLogger('faults', 'silent'),
    async () => {
      const waiting = unrecovered();
      if (waiting.length === 0) return;
      const [newest] = await sql<{ at: Date | null }>(
        postgres,
        "SELECT max(created_at) AS at FROM events WHERE type <> 'conversation.updated'",
      );
      for (const fault of waiting)
        if (newest?.at && newest.at.getTime() >= fault.ended) fault.processed = Date.now();
    },
  );
  return {
    faults,
    faultEnded: (fault) => faults.push(fault),
    acknowledged() {
      for (const fault of faults) fault.acknowledged ??= Date.now();
    },
    stop: () => watching.close(),
  };
}
