import { randomFrom } from '../support/random';
import type { FaultKind } from './fault-kinds';

/** A fault of a run. */
export interface PlannedFault {
  kind: FaultKind;
  /** Milliseconds from the start of the run. */
  at: number;
  /** Duration in milliseconds; 0 if it ends when its target runs again. */
  lastsMs: number;
  /** From 0 to 1: selects one of two processes, and serves for other choices of a kind. */
  choice: number;
}

/** The first fault starts under load; the last one has time to end. */
const FIRST_AT_MS = 4000;
const LAST_BEFORE_END_MS = 8000;

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/**
 * Plans the faults of a run: all kinds in random order, again and again, so that each comes about equally often. The plan is the
 * same for the same seed, length and kinds.
 */
export function planFaults(
  seed: number,
  lengthMs: number,
  everyMs: number,
  kinds: readonly FaultKind[],
): PlannedFault[] {
  const random = randomFrom(seed);
  const planned: PlannedFault[] = [];
  let deck: FaultKind[] = [];
  for (let at = FIRST_AT_MS; at < lengthMs - LAST_BEFORE_END_MS; at += everyMs * (0.6 + 0.8 * random())) {
    if (deck.length === 0) deck = shuffle(kinds, random);
    const kind = deck.pop();
    if (!kind) break;
    const [least, most] = kind.lasts;
    planned.push({ kind, at, lastsMs: least + random() * (most - least), choice: random() });
  }
  return planned;
}
