import { createConversation } from '../support/applications';
import { storesEnv } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { openTerminal } from '../support/pseudo-terminal';
import { forwardTo } from '../support/proxy';
import { useQueue } from '../support/queue';
import { CONV } from '../support/shell';

const stores = useDatabase();
const queue = useQueue();
const env = () => storesEnv(stores, queue);

describe('conv queue stats --watch on a terminal', () => {
  it('draws the present state in the same place', async () => {
    const terminal = openTerminal(`${CONV} queue stats --watch`, env());
    await eventually(() => terminal.screen().includes('pause reason'));
    await queue.push.queue.pause();
    await eventually(() => /^paused since .*\d{4}-\d\d-\d\dT/m.test(terminal.screen()));
    expect(terminal.screen().match(/paused since/g)).toHaveLength(1);
    await terminal.interrupt();
  });

  it('ends with Ctrl-C', async () => {
    const terminal = openTerminal(`${CONV} queue stats --watch`, env());
    await eventually(() => terminal.screen().includes('pause reason'));
    expect(await terminal.interrupt()).toBe(130);
  });

  it('goes on after an outage of Redis', async () => {
    const proxy = await forwardTo(queue.redisUrl);
    const REDIS_URL = proxy.through(queue.redisUrl);
    const terminal = openTerminal(`${CONV} queue stats --watch`, { ...env(), REDIS_URL });
    await eventually(() => terminal.screen().includes('pause reason'));
    proxy.cut();
    await eventually(() => terminal.screen().includes('conv: Redis cannot be reached; trying again'));
    proxy.restore();
    await eventually(() => {
      const screen = terminal.screen();
      return screen.includes('pause reason') && !screen.includes('cannot');
    });
    expect(await terminal.interrupt()).toBe(130);
  });
});

describe('conv list --watch on a terminal', () => {
  it('draws new conversations in the same place, newest first', async () => {
    const first = await createConversation(stores);
    const terminal = openTerminal(`${CONV} list --watch`, env());
    await eventually(() => terminal.screen().includes(first));
    const second = await createConversation(stores);
    await eventually(() => [first, second].every((id) => terminal.screen().includes(id)));
    const ids = terminal
      .screen()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect(ids.filter((id) => id === first || id === second)).toEqual([second, first]);
    await terminal.interrupt();
  });

  it('shows as many rows as the terminal has lines for', async () => {
    for (let n = 0; n < 5; n++) await createConversation(stores);
    const terminal = openTerminal(`${CONV} list --watch`, env(), { rows: 6 });
    await eventually(() => terminal.screen().includes('3 shown, more exist'));
    expect(terminal.screen().match(/CREATED /g)).toHaveLength(4); // One is in the heading.
    await terminal.interrupt();
  });

  it('goes on after an outage of PostgreSQL', async () => {
    const proxy = await forwardTo(stores.url);
    const DATABASE_URL = proxy.through(stores.url);
    const terminal = openTerminal(`${CONV} list --watch`, { ...env(), DATABASE_URL });
    await eventually(() => terminal.screen().includes('CREATED AT'));
    proxy.cut();
    await eventually(() => terminal.screen().includes('conv: PostgreSQL cannot be reached; trying again'));
    const id = await createConversation(stores);
    proxy.restore();
    await eventually(() => terminal.screen().includes(id));
    await terminal.interrupt();
  });

  it('ends with Ctrl-C', async () => {
    const terminal = openTerminal(`${CONV} list --watch`, env());
    await eventually(() => terminal.screen().includes('CREATED AT'));
    expect(await terminal.interrupt()).toBe(130);
  });
});
