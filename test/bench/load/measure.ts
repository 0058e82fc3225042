import { quantile } from '../statistics';
import type { LoadResult } from './job';

/** Counts responses and records their latencies. */
export interface Measure {
  /** @param since the planned time of the request, as `performance.now()` */
  answered(since: number, status: string): void;
  result(): LoadResult;
}

export function createMeasure(count: number): Measure {
  const began = performance.now();
  const latencies = new Float64Array(count);
  const statuses: Record<string, number> = {};
  let answers = 0;
  let last = began;
  return {
    answered(since, status) {
      last = performance.now();
      latencies[answers++] = last - since;
      statuses[status] = (statuses[status] ?? 0) + 1;
    },
    result() {
      const sorted = latencies.subarray(0, answers).sort();
      const seconds = (last - began) / 1000;
      return {
        began: performance.timeOrigin + began,
        seconds,
        rate: answers / seconds,
        p50: quantile(sorted, 0.5),
        p95: quantile(sorted, 0.95),
        p99: quantile(sorted, 0.99),
        max: sorted.at(-1) ?? NaN,
        statuses,
      };
    },
  };
}
