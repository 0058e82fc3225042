import { isDeepStrictEqual } from 'node:util';

/** Throws if contestants produced different results. */
export function assertSame(row: string, found: ReadonlyMap<string, unknown>): void {
  const [first, ...others] = found;
  for (const [name, result] of others)
    if (first && !isDeepStrictEqual(first[1], result))
      throw new Error(
        `${row}: ${first[0]} and ${name} produced different results\n${JSON.stringify(first[1])}\n${JSON.stringify(result)}`,
      );
}
