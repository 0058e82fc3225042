import { compareClock } from '../../src/cli/doctor/clocks';

it.each([
  [0, 'ok', '0.0 s'],
  [30_000, 'warning', '30.0 s ahead of this machine'],
  [-90_000, 'fault', '90.0 s behind this machine'],
])('compares a clock that differs by %i ms: %s', async (difference, level, detail) => {
  const result = await compareClock(() => Promise.resolve(Date.now() + difference));
  expect([result.level, result.detail]).toEqual([level, expect.stringContaining(detail)]);
});
