import { expectOneMessageEach, useKilledDownstream } from './support/killed-downstream';

const downstream = useKilledDownstream();

it('writes to every candidate once, though it is killed ten times', async () => {
  await downstream.runAndKill(10);
  await expectOneMessageEach(downstream);
});
