import { createFailed } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { publishing } from '../support/metrics';
import { forwardTo } from '../support/proxy';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { openTerminal, type Terminal } from '../support/tmux';
import { post, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const SIZES = [
  [80, 24],
  [200, 50],
] as const;

describeWith({ command: 'tmux', package: 'tmux' })('conv top', () => {
  const stores = useDatabase();
  const queue = useQueue();

  let failedId: string;
  const web = useWeb(stores, queue, () => ({ metrics: publishing('web', queue) }));
  beforeAll(async () => {
    atEnd(await runWorker(stores, queue, { metrics: publishing('worker', queue) }));
    await createFailed(stores, 'an older failure');
    failedId = (await createFailed(stores, 'the database refuses the data')).id;
  });

  /** Runs it on a terminal that shows a line before, and waits for the figures. */
  async function openTop(columns = 80, rows = 24): Promise<Terminal> {
    const terminal = await openTerminal(stores, queue, columns, rows);
    await terminal.type('clear; echo before; conv top; echo "exit $?"');
    await terminal.screen(/^BACKLOG +0 waiting/m);
    return terminal;
  }

  it.each(SIZES)('shows the overview on %i columns and %i lines', async (columns, rows) => {
    const terminal = await openTop(columns, rows);
    const screen = await terminal.screen(/^PROCESSES +web 1 {2}worker 1/m);
    expect(screen).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^conv top {2}\S+Z {2}PostgreSQL up {2}Redis up/),
        expect.stringMatching(/^PUSHES +off: no EVENTS_URL$/),
        expect.stringMatching(/^application-.*the database refuses the/),
      ]),
    );
    expect(screen).toHaveLength(rows);
  });

  it('counts what comes in and out while it runs', async () => {
    const terminal = await openTop();
    const event = applicationEvent();
    for (const number of [1, 2, 3])
      await post(web, { ...event, id: `application-${number}`, job_id: `job-${number}` });
    const screen = await terminal.screen(/^REJECTED +ACTIVE_CONVERSATION +2 /m);
    expect(screen).toContainEqual(expect.stringMatching(/^ACCEPTED +1 /));
  });

  it.each(SIZES)(
    'lists failures, opens the selected one and goes back on %i columns',
    async (columns, rows) => {
      const terminal = await openTop(columns, rows);
      await terminal.press('f');
      await terminal.screen(/^>.* the d/m);
      await terminal.press('Down');
      await terminal.screen(/^>.* an o/m);
      await terminal.press('Up');
      await terminal.screen(/^>.* the d/m);
      await terminal.press('Enter');
      const screen = await terminal.screen(
        /^failed: the database refuses the data; once the cause is gone, run/m,
      );
      expect(screen[0]).toBe(`Application ${failedId}`);
      await terminal.press('Escape');
      await terminal.screen(/^Failed applications, newest first: 1 of 2/m);
      await terminal.press('Escape');
      await terminal.screen(/^BACKLOG/m);
    },
  );

  it.each([
    ['q', 0],
    ['C-c', 130],
  ])('%s restores the screen and exits with %i', async (key, code) => {
    const terminal = await openTop();
    await terminal.press(key);
    const screen = await terminal.screen(/^exit \d+$/m);
    expect(screen).toEqual(['before', `exit ${code}`, '$']);
  });

  it('pauses and resumes processing after a yes', async () => {
    const terminal = await openTop();
    await terminal.press('p');
    await terminal.screen(/^Pause processing\?.*\[y\/N\]$/m);
    await terminal.press('y');
    await terminal.screen(/^! applications: paused since \S+Z: paused by an operator$/m);
    expect(await queue.bullmq.isPaused()).toBe(true);
    await terminal.press('p');
    await terminal.screen(/^Resume processing\? 0 applications waiting\. \[y\/N\]$/m);
    await terminal.press('y');
    await terminal.screen(/^the applications queue runs again/m);
    expect(await queue.bullmq.isPaused()).toBe(false);
  });

  it('pauses nothing after another key', async () => {
    const terminal = await openTop();
    await terminal.press('p');
    await terminal.screen(/^Pause processing\?/m);
    await terminal.press('Enter');
    await terminal.screen(/^canceled: nothing was changed$/m);
    expect(await queue.bullmq.isPaused()).toBe(false);
  });

  it('fills the terminal again after a resize', async () => {
    const terminal = await openTop(80, 24);
    await terminal.resize(120, 40);
    const screen = await eventually(async () => {
      const lines = await terminal.screen(/^q quit/m);
      return lines.length === 40 && lines;
    });
    expect(screen.filter((line) => line.startsWith('q quit'))).toHaveLength(1);
  });

  it.each([
    ['PostgreSQL', 'DATABASE_URL', () => stores.url],
    ['Redis', 'REDIS_URL', () => queue.redisUrl],
  ])('shows an outage of %s, and goes on after it', async (name, setting, url) => {
    const proxy = await forwardTo(url());
    const terminal = await openTerminal(stores, queue, 80);
    await terminal.type(`clear; ${setting}='${proxy.through(url())}' conv top; echo "exit $?"`);
    await terminal.screen(/PostgreSQL up {2}Redis up$/m);
    proxy.cut();
    await terminal.screen(name === 'Redis' ? /Redis DOWN$/m : /PostgreSQL DOWN/m);
    proxy.restore();
    await terminal.screen(/PostgreSQL up {2}Redis up$/m);
    await terminal.press('q');
    await terminal.screen(/^exit 0$/m);
  });

  it('restores the screen when a signal ends it', async () => {
    const terminal = await openTop();
    await terminal.signal('conv top', 'SIGTERM');
    expect(await terminal.screen(/^exit \d+$/m)).toEqual(['before', 'exit 130', '$']);
  });
});
