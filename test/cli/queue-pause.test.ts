import { createCli } from '../support/cli';
import { useDatabase } from '../support/database';
import { containing, ISO_TIME, like } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

afterEach(async () => {
  await queue.applications.queue.resume();
  await queue.push.queue.resume();
});

it('pauses applications and says that webhooks are still accepted', async () => {
  const result = await conv(['queue', 'pause', 'applications']);
  expect(result).toEqual({
    code: 0,
    stdout: '',
    stderr: like(
      /^the applications queue is paused since .*Z: webhooks are still accepted.*`conv queue resume applications`/,
    ),
  });
  expect(await queue.applications.queue.isPaused()).toBe(true);
});

it('stores the time and the reason of the pause', async () => {
  await conv(['queue', 'pause', 'push', '--reason', 'the receiver moves']);
  expect(await queue.push.queue.getPause()).toEqual({ since: ISO_TIME, reason: 'the receiver moves' });
});

it('stores that an operator paused it if there is no reason', async () => {
  await conv(['queue', 'pause', 'applications']);
  expect(await queue.applications.queue.getPause()).toMatchObject({ reason: 'paused by an operator' });
});

it.each(['applications', 'push'])('resumes %s', async (name) => {
  await conv(['queue', 'pause', name, '--reason', 'a test']);
  expect(await conv(['queue', 'resume', name])).toMatchObject({
    code: 0,
    stderr: like(/^the \w+ queue runs again \(it was paused since \S+Z: a test\); 0 jobs to do\n$/),
  });
  const { queue: resumed } = name === 'push' ? queue.push : queue.applications;
  expect(await resumed.getPause()).toBeNull();
});

it('says that a queue which is not paused is not paused', async () => {
  const { stderr } = await conv(['queue', 'resume', 'applications']);
  expect(stderr).toBe('the applications queue is not paused\n');
});

it('has no command that empties a queue', async () => {
  const { stderr } = await conv(['queue', 'obliterate']);
  expect(stderr).toContain("unknown command 'obliterate'");
});

it.each([['pause'], ['resume']])('exits 2 for %s without the name of a queue', async (command) => {
  expect(await conv(['queue', command])).toMatchObject({ code: 2, stderr: containing('queue') });
});
