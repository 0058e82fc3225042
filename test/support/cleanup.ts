const steps: (() => Promise<unknown>)[] = [];

/** Does this at the end of the test file, the last one registered first: jest itself keeps the order of registration. */
export function atEnd(step: () => Promise<unknown>): void {
  if (steps.length === 0) {
    afterAll(async () => {
      for (let next = steps.pop(); next; next = steps.pop()) await next();
    });
  }
  steps.push(step);
}
