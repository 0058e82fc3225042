/** What is known of an event: accepted with a good outcome (if that was asked for), or why not. */
export type Settled = 'accepted' | 'outcomeMissed' | 'refused' | 'gaveUp';

/** Counts events, and knows the line from which an interrupted run can continue. */
export interface Tally {
  /** Notes that a line was taken from the input. */
  start(line: number): void;
  /** Notes what became of a line, after its row was printed. */
  settle(line: number, how: Settled): void;
  count(how: Settled): number;
  /** Returns how many lines are settled. */
  total(): number;
  /** Returns the first line that conv has neither accepted nor refused. Every line before it is settled. */
  nextLine(): number;
}

/** @param fromLine the first line of the input that is read */
export function createTally(fromLine: number): Tally {
  const counts: Record<Settled, number> = { accepted: 0, outcomeMissed: 0, refused: 0, gaveUp: 0 };
  const unsettled = new Set<number>();
  let lastLine = fromLine - 1;
  let firstGaveUp = Infinity;
  return {
    start(line) {
      unsettled.add(line);
      lastLine = line;
    },
    settle(line, how) {
      unsettled.delete(line);
      counts[how] += 1;
      if (how === 'gaveUp') firstGaveUp = Math.min(firstGaveUp, line);
    },
    count: (how) => counts[how],
    total: () => counts.accepted + counts.outcomeMissed + counts.refused + counts.gaveUp,
    nextLine: () => Math.min(firstGaveUp, lastLine + 1, ...unsettled),
  };
}
