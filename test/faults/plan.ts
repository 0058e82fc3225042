import { randomFrom } from '../support/random';
import type { Kind } from './kinds';

/** One fault of a run. */
export interface Planned {
  kind: Kind;
  /** Milliseconds from the start of the run. */
  at: number;
  /** How long it lasts, in milliseconds; what has no length is over when its victim runs again. */
  lastsMs: number;
  /** Which of two processes; also any other choice that a kind has to make. */
  choice: number;
}

/** Begins when the load runs, and leaves time for the last one to end. */
const FIRST_AT_MS = 4000;
const REST_MS = 8000;

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/**
 * The faults of a run, the same for the same seed, length and kinds: all kinds in random order, again and again, so that each is
 * there about as often as any other.
 */
export function planFaults(
  seed: number,
  lengthMs: number,
  everyMs: number,
  kinds: readonly Kind[],
): Planned[] {
  const random = randomFrom(seed);
  const planned: Planned[] = [];
  let deck: Kind[] = [];
  for (let at = FIRST_AT_MS; at < lengthMs - REST_MS; at += everyMs * (0.6 + 0.8 * random())) {
    if (deck.length === 0) deck = shuffle(kinds, random);
    const kind = deck.pop();
    if (!kind) break;
    const [least, most] = kind.lasts;
    planned.push({ kind, at, lastsMs: least + random() * (most - least), choice: random() });
  }
  return planned;
}
