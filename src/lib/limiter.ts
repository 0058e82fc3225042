/** Runs work, a limited number of calls at a time; the others wait in their order. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** Creates a limiter that runs at most `max` calls at a time. */
export function createLimiter(max: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < max) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
