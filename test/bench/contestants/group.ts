/** An item and who waits for its result. */
interface Waiting<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

export interface Grouping<T, R> {
  /** Groups at work at once. */
  lanes: number;
  /** Items in a group. */
  most: number;
  /** Two items of one key do not go into the same group. */
  keyOf?: (item: T) => string;
  work: (items: T[]) => Promise<R[]>;
}

/** Gathers what callers ask for while a group is at work, and does it as the next group. */
export function group<T, R>({ lanes, most, keyOf, work }: Grouping<T, R>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let busy = 0;
  let planned = false;

  function take(): Waiting<T, R>[] {
    const keys = new Set<string>();
    const taken: Waiting<T, R>[] = [];
    const left: Waiting<T, R>[] = [];
    for (const one of waiting) {
      const key = keyOf?.(one.item);
      const fits = taken.length < most && (key === undefined || !keys.has(key));
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

  /** At the end of the tick, so that all requests that it brings are in the group. */
  function plan(): void {
    if (planned || waiting.length === 0 || busy >= lanes) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      while (waiting.length > 0 && busy < lanes) void run();
    });
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      plan();
    });
}

/** Cuts a list into parts in which no key comes twice, in order. */
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
