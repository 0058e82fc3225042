import { setTimeout as wait } from 'node:timers/promises';

/**
 * Polls a condition until it is truthy and does not throw. The limit ends tests that hang; it says nothing about speed.
 * @returns the value of the condition
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
  throw new Error(`the condition did not become true: ${condition.toString()}`, { cause: last });
}
