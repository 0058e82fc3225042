import { useReceiver } from '../push/support/receiver';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { startProcess } from '../support/processes';
import { forwardTo } from '../support/proxy';
import { useQueue } from '../support/queue';
import { enqueue, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();

const always = () => true;

/**
 * Returns how many connections to Redis a worker has after it has processed an application, and done what `hasWorked` checks.
 * @param isPrepared whether the application may be sent: earlier events are not pushed
 */
async function countConnections(
  env: NodeJS.ProcessEnv = {},
  isPrepared: (output: string) => boolean = always,
  hasWorked: () => boolean = always,
): Promise<number> {
  const proxy = await forwardTo(queue.redisUrl);
  const throughProxy = { ...queue, redisUrl: proxy.through(queue.redisUrl) };
  const worker = await startProcess('worker', stores, throughProxy, env);
  await eventually(() => isPrepared(worker.output()));
  const event = applicationEvent();
  await enqueue(queue, event);
  await eventually(() => jobOutcome(queue, event));
  await eventually(hasWorked);
  const connections = proxy.openConnections();
  await worker.stop();
  return connections;
}

it('a worker opens three connections to Redis', async () => {
  expect(await countConnections()).toBe(3);
});

it('a worker that pushes events opens five connections to Redis', async () => {
  const pushes = { EVENTS_URL: receiver.url, EVENTS_SECRET: receiver.secret };
  const isPushing = (output: string) => /pushing (is switched on|continues)/.test(output);
  const hasPushed = () => receiver.accepted().length > 0;
  expect(await countConnections(pushes, isPushing, hasPushed)).toBe(5);
});

it('a web process opens one connection to Redis', async () => {
  const proxy = await forwardTo(queue.redisUrl);
  const web = await startProcess('web', stores, { ...queue, redisUrl: proxy.through(queue.redisUrl) });
  const { status } = await fetch(`${web.url}/readyz`);
  const connections = proxy.openConnections();
  await web.stop();
  expect({ status, connections }).toEqual({ status: 200, connections: 1 });
});
