/**
 * What is wrong with what readers read: each must have every committed event exactly once, and all the same order.
 * @returns a line for each fault; none is right
 */
export function faultsOf(committed: readonly string[], readers: readonly (readonly string[])[]): string[] {
  const real = new Set(committed);
  const order = readers[0]?.join();
  return readers.flatMap((read, index) => {
    const seen = new Set(read);
    const counts = {
      skipped: committed.filter((id) => !seen.has(id)).length,
      doubled: read.length - seen.size,
      'never committed': read.filter((id) => !real.has(id)).length,
      'in another order': read.join() === order ? 0 : 1,
    };
    return Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `reader ${index}: ${count} ${what}`);
  });
}
