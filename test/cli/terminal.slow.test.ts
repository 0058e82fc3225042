import { displayWidth } from '../../src/cli/terminal-text';
import { newId } from '../../src/lib/ids';
import { createConversation, createFailed } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { openTerminal, type Terminal } from '../support/tmux';

const SIZES = [80, 200];

describeWith({ command: 'tmux', package: 'tmux' })('on a terminal', () => {
  const stores = useDatabase();
  const queue = useQueue();

  let id: string;
  beforeAll(async () => {
    for (let n = 0; n < 5; n++) await createConversation(stores);
    const ids = { id: newId().id, candidate_id: newId().id, job_id: newId().id };
    id = await createConversation(stores, 'CREATED', ids);
    for (let n = 0; n < 2; n++) await createFailed(stores, 'the database refuses the data');
  });

  /** Types a command on a new terminal. */
  async function type(columns: number, command: string): Promise<Terminal> {
    const terminal = await openTerminal(stores, queue, columns);
    await terminal.type(`clear; ${command}`);
    return terminal;
  }

  it.each(SIZES)('a table has one line for each row on a terminal of %i columns', async (columns) => {
    const terminal = await type(columns, 'conv list --limit 3');
    const screen = await terminal.screen(/--all or --limit/);
    expect(screen.slice(0, 5)).toEqual([
      expect.stringMatching(/^ID +STATUS +CANDIDATE/),
      ...Array<unknown>(3).fill(expect.stringMatching(/^[0-9a-f]{4}.*[0-9a-f]{2} +CREATED .*T.*Z$/)),
      '3 shown, more exist: --all or --limit',
    ]);
  });

  it('a table shortens ids on a terminal of 80 columns', async () => {
    const terminal = await type(80, 'conv list --limit 1');
    const [, row = ''] = await terminal.screen(/--all or --limit/);
    expect(row).toMatch(/^[0-9a-f]{4,9}…[0-9a-f]{2,4} +CREATED /);
    expect(displayWidth(row)).toBeLessThanOrEqual(80);
  });

  it('a table has whole ids on a terminal of 200 columns', async () => {
    const terminal = await type(200, 'conv list --limit 1');
    expect((await terminal.screen(/--all or --limit/))[1]).toContain(id);
  });

  const QUESTIONS: [number, string, RegExp][] = [
    [80, 'conv replay --status FAILED', /^About to replay 2 applications\. Continue\? \[y\/N\]$/m],
    [80, 'conv db rollback', /^About to roll back 001-initial and delete its data\. Continue\? \[y\/N\]$/m],
    [200, 'conv replay --status FAILED', /^About to replay 2 applications\. Continue\? \[y\/N\]$/m],
    [200, 'conv db rollback', /^About to roll back 001-initial and delete its data\. Continue\? \[y\/N\]$/m],
  ];

  it.each(QUESTIONS)(
    'with %i columns, %s asks in one line, and no cancels',
    async (columns, command, question) => {
      const terminal = await type(columns, `${command}; echo "exit $?"`);
      await terminal.screen(question);
      await terminal.type('n');
      const screen = await terminal.screen(/^exit \d+/m);
      expect(screen).toContain('canceled: nothing was changed');
      expect(screen).toContain('exit 1');
    },
  );

  it.each(QUESTIONS)('with %i columns, Ctrl-C cancels %s', async (columns, command, question) => {
    const terminal = await type(columns, `${command}; echo "exit $?"`);
    await terminal.screen(question);
    await terminal.press('C-c');
    const screen = await terminal.screen(/^exit \d+/m);
    expect(screen).toContain('canceled: nothing was changed');
    expect(screen).toContain('exit 130');
  });

  it.each(SIZES)('queue stats --watch redraws until Ctrl-C on a terminal of %i columns', async (columns) => {
    const terminal = await type(columns, 'conv queue stats --watch');
    await terminal.screen(/^paused since$/m);
    await queue.bullmq.pause();
    const screen = await terminal.screen(/^paused since +\d{4}-\d\d-\d\dT/m);
    await queue.bullmq.resume();
    expect(screen.filter((line) => line.startsWith('paused since'))).toHaveLength(1);
    expect(await terminal.interrupt()).toBe(130);
  });
});
