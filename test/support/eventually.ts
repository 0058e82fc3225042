import { setTimeout as wait } from 'node:timers/promises';

/**
 * Waits for a condition, looking again and again; the limit is for what never comes, not a promise of speed.
 * @returns what the condition came to
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  withinMs = 60_000,
): Promise<Exclude<T, false | null | undefined>> {
  const until = Date.now() + withinMs;
  let last: unknown;
  while (Date.now() < until) {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | null | undefined>;
      last = value;
    } catch (error) {
      last = error;
    }
    await wait(25);
  }
  throw new Error(`the condition never came true: ${condition.toString()}`, { cause: last });
}
