const steps: (() => Promise<unknown>)[] = [];

/** Runs a step at the end of the test file, in reverse order of registration; jest runs them in order of registration. */
export function atEnd(step: () => Promise<unknown>): void {
  if (steps.length === 0) {
    afterAll(async () => {
      for (let next = steps.pop(); next; next = steps.pop()) await next();
    });
  }
  steps.push(step);
}
