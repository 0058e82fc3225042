import { waitUntilNoneLeft } from './progress';

const STALL_MS = 60_000;

/** Returns what is left at each poll, and a clock on which each poll takes this long. */
function poll(left: readonly number[], eachMs: number) {
  let polls = 0;
  return {
    countLeft: () => Promise.resolve(left[Math.min(polls++, left.length - 1)] ?? 0),
    clock: { now: () => polls * eachMs, pollMs: 0 },
  };
}

it('waits for a slow machine as long as less and less is left', async () => {
  const { countLeft, clock } = poll([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 50_000);
  expect(await waitUntilNoneLeft(countLeft, STALL_MS, clock)).toEqual({ left: 0, longestStallMs: 50_000 });
});

it('gives up when no less is left for the stated time', async () => {
  const { countLeft, clock } = poll([9, 8, 8], 50_000);
  expect(await waitUntilNoneLeft(countLeft, STALL_MS, clock)).toEqual({ left: 8, longestStallMs: 100_000 });
});

it('takes more for no progress', async () => {
  const { countLeft, clock } = poll([5, 6, 5], 50_000);
  expect(await waitUntilNoneLeft(countLeft, STALL_MS, clock)).toMatchObject({ left: 5 });
});

it('goes on after a count that failed', async () => {
  let polls = 0;
  const countLeft = () => (polls++ === 0 ? Promise.reject(new Error('unavailable')) : Promise.resolve(0));
  expect(await waitUntilNoneLeft(countLeft, STALL_MS, { pollMs: 0 })).toMatchObject({ left: 0 });
});
