import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedFault } from './plan';
import type { TestSystem } from './system';

/** Pause between two faults of the same target, so that the second does not look like a slow recovery from the first. */
const PAUSE_MS = 1500;

/** A fault that was injected; times in milliseconds since 1970. */
export interface InjectedFault {
  kind: string;
  target: string;
  began: number;
  ended: number;
  /** When the next application after its end was acknowledged, and processed. */
  acknowledged?: number;
  processed?: number;
}

function selectTarget(system: TestSystem, { kind, choice }: PlannedFault): { target: number; name: string } {
  const target = kind.hits === 'web' || kind.hits === 'worker' ? (choice < 0.5 ? 0 : 1) : 0;
  if (kind.hits === 'web') return { target, name: system.webs[target]?.name ?? '' };
  if (kind.hits === 'worker') return { target, name: system.workers[target]?.name ?? '' };
  return { target, name: kind.hits };
}

/**
 * Injects the planned faults at their times. Several may be active at the same time, but only one per target.
 * @param onEnd called after each fault
 */
export async function injectFaults(
  system: TestSystem,
  planned: readonly PlannedFault[],
  onEnd: (fault: InjectedFault) => void,
): Promise<void> {
  const start = Date.now();
  const turns = new Map<string, Promise<void>>();

  async function inject(fault: PlannedFault): Promise<void> {
    const { target, name } = selectTarget(system, fault);
    const turn = (turns.get(name) ?? Promise.resolve()).then(async () => {
      const began = Date.now();
      try {
        await fault.kind.inject(system, { ...fault, target });
      } catch (error) {
        system.problems.push(`${fault.kind.name}: ${(error as Error).message}`);
      }
      onEnd({ kind: fault.kind.name, target: name, began, ended: Date.now() });
    });
    turns.set(
      name,
      turn.then(() => wait(PAUSE_MS)),
    );
    await turn;
  }

  const running: Promise<void>[] = [];
  for (const fault of planned) {
    await wait(Math.max(0, start + fault.at - Date.now()));
    running.push(inject(fault));
  }
  await Promise.all(running);
}
