import { displayWidth } from '../../src/cli/terminal-text';
import { newId } from '../../src/lib/ids';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { CONV, createShell, onTerminal } from '../support/shell';

const stores = useDatabase();
const queue = useQueue();
const shell = createShell(stores, queue);
const ENV = { TERM: 'xterm', NO_COLOR: '1' };

let id: string;
beforeAll(async () => {
  const ids = { id: newId().id, candidate_id: newId().id, job_id: newId().id };
  id = await createConversation(stores, 'CREATED', ids);
});

/** Returns the lines of `conv list` on a pseudo-terminal with this many columns. */
async function list(columns: number): Promise<string[]> {
  const { stdout } = await shell(onTerminal(`${CONV} list`, columns), ENV);
  return stdout.split(/\r?\n/).filter((line) => line !== '');
}

it('a table fits a terminal of 80 columns, with one line for each row', async () => {
  const lines = await list(80);
  expect(lines.map((line) => displayWidth(line) <= 80)).toEqual([true, true]);
});

it('a table shortens ids on a terminal of 80 columns', async () => {
  expect((await list(80))[1]).toMatch(/^[0-9a-f]{4,9}…[0-9a-f]{2,4} +CREATED /);
});

it('a table has whole ids on a terminal of 200 columns', async () => {
  expect((await list(200))[1]).toContain(id);
});

it.each([80, 200])('a question is shown whole on a terminal of %i columns', async (columns) => {
  const { stdout } = await shell(`echo n | ${onTerminal(`${CONV} db rollback`, columns)}`, ENV);
  expect(stdout).toMatch(/About to roll back \S+ and delete the data in its tables\. Continue\? \[y\/N\]/);
});
