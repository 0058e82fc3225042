import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { forwardTo } from '../support/proxy';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { openTerminal } from '../support/tmux';

const COLUMNS = 200;

describeWith({ command: 'tmux', package: 'tmux' })('on a terminal', () => {
  const stores = useDatabase();
  const queue = useQueue();

  it('conv queue stats --watch goes on after an outage of Redis', async () => {
    const proxy = await forwardTo(queue.redisUrl);
    const terminal = await openTerminal(stores, queue, COLUMNS);
    await terminal.type(`clear; REDIS_URL=${proxy.through(queue.redisUrl)} conv queue stats --watch`);
    await terminal.screen(/^pause reason/m);
    proxy.cut();
    await terminal.screen(/^conv: Redis cannot be reached; trying again$/m);
    await queue.push.queue.pause();
    proxy.restore();
    await terminal.screen(/^paused since .*\d{4}-\d\d-\d\dT/m);
    expect(await terminal.interrupt()).toBe(130);
  });

  it('conv list --watch draws new conversations in the same place, newest first, until Ctrl-C', async () => {
    const first = await createConversation(stores);
    const terminal = await openTerminal(stores, queue, COLUMNS);
    await terminal.type('clear; conv list --watch');
    await terminal.screen(new RegExp(`^${first} `, 'm'));
    const second = await createConversation(stores);
    const screen = await terminal.screen(new RegExp(`^${second} `, 'm'));
    const ids = screen.map((line) => line.split(' ')[0]);
    expect(ids.filter((id) => id === first || id === second)).toEqual([second, first]);
    expect(await terminal.interrupt()).toBe(130);
  });

  it('conv list --watch shows as many rows as the terminal has lines for', async () => {
    for (let n = 0; n < 5; n++) await createConversation(stores);
    const terminal = await openTerminal(stores, queue, COLUMNS, 6);
    await terminal.type('clear; conv list --watch');
    const screen = await terminal.screen(/^3 shown, more exist/m);
    expect(screen.filter((line) => line.includes(' CREATED '))).toHaveLength(4); // One is the heading.
  });

  it('conv list --watch goes on after an outage of PostgreSQL', async () => {
    const proxy = await forwardTo(stores.url);
    const terminal = await openTerminal(stores, queue, COLUMNS);
    await terminal.type(`clear; DATABASE_URL='${proxy.through(stores.url)}' conv list --watch`);
    await terminal.screen(/CREATED AT/);
    proxy.cut();
    await terminal.screen(/^conv: PostgreSQL cannot be reached; trying again$/m);
    const id = await createConversation(stores);
    proxy.restore();
    await terminal.screen(new RegExp(`^${id} `, 'm'));
  });
});
