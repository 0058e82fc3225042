import { expectOneMessageEach, useKilledDownstream } from './support/killed-downstream';

const KILLS = 50;
jest.setTimeout(900_000); // Each kill needs a new process, which takes its time on a busy machine.

const downstream = useKilledDownstream();

it('writes to every candidate once, though it is killed fifty times', async () => {
  await downstream.runAndKill(KILLS);
  // Killed at different points of its work, not only at its start or end.
  expect(new Set(downstream.sentAtKill).size).toBeGreaterThan(KILLS / 10);
  await expectOneMessageEach(downstream);
});
