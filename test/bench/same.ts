import { isDeepStrictEqual } from 'node:util';

/** Throws where contestants do not agree on what they have made. */
export function assertSame(row: string, found: ReadonlyMap<string, unknown>): void {
  const [first, ...others] = found;
  for (const [name, result] of others)
    if (first && !isDeepStrictEqual(first[1], result))
      throw new Error(
        `${row}: ${first[0]} and ${name} do not give the same result\n${JSON.stringify(first[1])}\n${JSON.stringify(result)}`,
      );
}
