import { execFileSync } from 'node:child_process';
import { createSecret } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();

/** Returns the ids of the child processes. */
function childProcesses(pid: number | undefined): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.filter(([, parent]) => parent === pid).map(([child = 0]) => child);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const isLive = async ({ url }: RealProcess) => (await fetch(`${url}/livez`)).ok;

it('serves one port with several processes, restarts a killed one, and stops all of them', async () => {
  const web = await startProcess('web', stores, queue, {
    WEB_CONCURRENCY: '2',
    WEBHOOK_SECRETS: createSecret(),
  });
  const before = childProcesses(web.child.pid);
  expect(before).toHaveLength(2);
  expect(await isLive(web)).toBe(true);

  const [victim = 0] = before;
  process.kill(victim, 'SIGKILL');
  const after = await eventually(() => {
    const now = childProcesses(web.child.pid);
    return now.length === 2 && !now.includes(victim) && now;
  });
  expect(await eventually(() => isLive(web))).toBe(true);

  expect(await web.stop()).toBe(0);
  await eventually(() => after.every((pid) => !isAlive(pid)));
});

it('kills a process that does not stop within SHUTDOWN_SECONDS, and exits with 1', async () => {
  const web = await startProcess('web', stores, queue, { WEB_CONCURRENCY: '2', SHUTDOWN_SECONDS: '1' });
  const children = childProcesses(web.child.pid);
  process.kill(children[0] ?? 0, 'SIGSTOP');
  expect(await web.stop()).toBe(1);
  expect(children.filter(isAlive)).toEqual([]);
});

it('stops its processes even if it is killed', async () => {
  const web = await startProcess('web', stores, queue, { WEB_CONCURRENCY: '2' });
  const children = childProcesses(web.child.pid);
  await web.stop('SIGKILL');
  await eventually(() => children.every((pid) => !isAlive(pid)));
});
