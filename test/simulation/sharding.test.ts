import fc from 'fast-check';
import { action } from './actions';
import { simulate } from './simulation';
import type { Flaw } from './worker';

/** The design of docs/scaling.md: several queues, shards by candidate, a claim for each application id. */

const actions = fc.array(action, { maxLength: 60, size: 'max' });
const RUNS = 5000;

/** Returns the rule that random actions break, or undefined. The seed is fixed, so that a planted error is found each time or never. */
function brokenRule(flaw: Flaw): unknown {
  const property = fc.property(actions, (chosen) => simulate(chosen, flaw));
  const { errorInstance } = fc.check(property, { numRuns: RUNS, seed: 1 });
  return errorInstance instanceof Error ? errorInstance.message : errorInstance;
}

it('keeps all rules through crashes, redeliveries, two workers on one job, and moves of buckets', () => {
  fc.assert(
    fc.property(actions, (chosen) => simulate(chosen)),
    { numRuns: RUNS },
  );
});

it.each<[Flaw, string]>([
  ['no claim', 'an application has two outcomes'],
  ['claim after the insert', 'an application has two outcomes'],
  ['a later claim replaces the first', 'an application has two outcomes'],
  ['the job is finished before the insert', 'an acknowledged application has no outcome'],
  ['shards do not check that they own the bucket', 'an acknowledged application has no outcome'],
  ['an event of another candidate is dropped', 'an acknowledged application has no outcome'],
  ['the rules are checked before the transaction', 'a candidate has two active conversations'],
])('finds a planted error: %s', (flaw, rule) => {
  expect(brokenRule(flaw)).toBe(rule);
});
