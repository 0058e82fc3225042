/** An item, and the promise of its result. */
interface Waiting<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

export interface Grouping<T, R> {
  /** Groups that run at the same time. */
  concurrentGroups: number;
  /** Most items in a group. */
  maxItems: number;
  /** Items with the same key go into different groups. */
  keyOf?: (item: T) => string;
  work: (items: T[]) => Promise<R[]>;
}

/** Collects the items that arrive while a group runs, and runs them as the next group. */
export function group<T, R>({
  concurrentGroups,
  maxItems,
  keyOf,
  work,
}: Grouping<T, R>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let busy = 0;
  let planned = false;

  function take(): Waiting<T, R>[] {
    const keys = new Set<string>();
    const taken: Waiting<T, R>[] = [];
    const left: Waiting<T, R>[] = [];
    for (const one of waiting) {
      const key = keyOf?.(one.item);
      const fits = taken.length < maxItems && (key === undefined || !keys.has(key));
      (fits ? taken : left).push(one);
      if (fits && key !== undefined) keys.add(key);
    }
    waiting = left;
    return taken;
  }

  async function run(): Promise<void> {
    const items = take();
    busy += 1;
    try {
      const results = await work(items.map(({ item }) => item));
      items.forEach(({ resolve }, n) => resolve(results[n] as R));
    } catch (error) {
      items.forEach(({ reject }) => reject(error));
    }
    busy -= 1;
    plan();
  }

  /** Waits for the end of the tick, so that all requests of the tick are in the group. */
  function plan(): void {
    if (planned || waiting.length === 0 || busy >= concurrentGroups) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      while (waiting.length > 0 && busy < concurrentGroups) void run();
    });
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      plan();
    });
}

/** Splits a list, in order, into parts without a repeated key. */
export function distinctBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const parts: T[][] = [];
  const seen = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const at = seen.get(key) ?? 0;
    (parts[at] ??= []).push(item);
    seen.set(key, at + 1);
  }
  return parts;
}
