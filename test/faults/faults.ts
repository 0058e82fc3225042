import { setTimeout as wait } from 'node:timers/promises';
import type { Planned } from './plan';
import type { World } from './world';

/** So long a victim is left alone after a fault, so that the next one is not taken for a slow recovery. */
const BREATH_MS = 1500;

/** A fault that was inflicted; times in milliseconds of the clock. */
export interface Inflicted {
  kind: string;
  victim: string;
  began: number;
  ended: number;
  /** When the first application after its end was acknowledged, and decided. */
  acknowledged?: number;
  decided?: number;
}

function pick(world: World, { kind, choice }: Planned): { victim: number; name: string } {
  const victim = kind.hits === 'web' || kind.hits === 'worker' ? (choice < 0.5 ? 0 : 1) : 0;
  if (kind.hits === 'web') return { victim, name: world.webs[victim]?.name ?? '' };
  if (kind.hits === 'worker') return { victim, name: world.workers[victim]?.name ?? '' };
  return { victim, name: kind.hits };
}

/**
 * Inflicts the planned faults at their times. Several may be at work at once; at the same victim one follows the other.
 * @param onEnd is told of each when it is over
 */
export async function inflictAll(
  world: World,
  planned: readonly Planned[],
  onEnd: (fault: Inflicted) => void,
): Promise<void> {
  const start = Date.now();
  const turns = new Map<string, Promise<void>>();

  async function inflict(fault: Planned): Promise<void> {
    const { victim, name } = pick(world, fault);
    const mine = (turns.get(name) ?? Promise.resolve()).then(async () => {
      const began = Date.now();
      try {
        await fault.kind.inflict(world, { ...fault, victim });
      } catch (error) {
        world.crashes.push(`${fault.kind.name}: ${(error as Error).message}`);
      }
      onEnd({ kind: fault.kind.name, victim: name, began, ended: Date.now() });
    });
    turns.set(
      name,
      mine.then(() => wait(BREATH_MS)),
    );
    await mine;
  }

  const running: Promise<void>[] = [];
  for (const fault of planned) {
    await wait(Math.max(0, start + fault.at - Date.now()));
    running.push(inflict(fault));
  }
  await Promise.all(running);
}
