import { FAULT_KINDS } from './fault-kinds';
import { planFaults } from './plan';

const MINUTES_5 = 300_000;
const plan = (seed: number) => planFaults(seed, MINUTES_5, 4000, FAULT_KINDS);

it('plans the same faults for the same seed, and other faults for another seed', () => {
  expect(plan(1)).toEqual(plan(1));
  expect(plan(1).map(({ kind }) => kind.name)).not.toEqual(plan(2).map(({ kind }) => kind.name));
});

it('plans at least sixty faults in five minutes, every kind equally often within one', () => {
  const planned = plan(1);
  expect(planned.length).toBeGreaterThanOrEqual(60);
  const times = FAULT_KINDS.map((kind) => planned.filter((fault) => fault.kind === kind).length);
  expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
});
