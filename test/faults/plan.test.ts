import { KINDS } from './kinds';
import { planFaults } from './plan';

const MINUTES_5 = 300_000;
const plan = (seed: number) => planFaults(seed, MINUTES_5, 4000, KINDS);

it('is the same for the same seed, and another for another', () => {
  expect(plan(1)).toEqual(plan(1));
  expect(plan(1).map(({ kind }) => kind.name)).not.toEqual(plan(2).map(({ kind }) => kind.name));
});

it('holds at least sixty faults in five minutes, each kind about as often as any other', () => {
  const planned = plan(1);
  expect(planned.length).toBeGreaterThanOrEqual(60);
  const times = KINDS.map((kind) => planned.filter((fault) => fault.kind === kind).length);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
});
