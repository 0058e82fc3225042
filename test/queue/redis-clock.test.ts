import { createRedisClock } from '../../src/queue/redis-clock';
import { withClockOff } from '../support/clock';
import { useQueue } from '../support/queue';

const queue = useQueue();

const MINUTE = 60_000;

it('shows the time of Redis, whatever the clock of this machine shows', async () => {
  const clock = createRedisClock(queue.applications.connection);
  const shown = await withClockOff(4 * MINUTE, () => clock.now());
  expect(Math.abs(+shown - +(await clock.read()))).toBeLessThan(MINUTE);
});

it('asks Redis once for all callers that come within a second', async () => {
  const { connection } = queue.applications;
  const time = jest.spyOn(connection, 'time');
  const clock = createRedisClock(connection);
  await Promise.all(Array.from({ length: 100 }, () => clock.now()));
  await clock.now();
  expect(time).toHaveBeenCalledTimes(1);
});
