import { displayWidth } from '../../src/cli/terminal-text';
import { createCli, parseCells, splitLines, successOutput } from '../support/cli';
import { createConversation, processEvent } from '../support/applications';
import { useDatabase } from '../support/database';
import { newId } from '../../src/lib/ids';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);
const RESET = '\u001b[39m';

/** Returns the lines of a command's output on a terminal of this width. */
const onTerminal = async (args: string[], terminalWidth: number, useColor = false) =>
  splitLines(successOutput(await conv(args, { stdoutIsTerminal: true, terminalWidth, useColor })));

let id: string;
let candidate_id: string;
beforeAll(async () => {
  candidate_id = newId().id;
  const ids = { id: newId().id, candidate_id, job_id: newId().id };
  id = await createConversation(stores, 'ONGOING', ids);
});

it.each([60, 80, 100, 200])('no line of a table is wider than a terminal of %i columns', async (width) => {
  for (const command of [['list'], ['apps', 'list'], ['events']])
    for (const line of await onTerminal(command, width))
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

it('shortens ids in the middle if the terminal is narrow', async () => {
  const [, row] = await onTerminal(['list', '--columns', 'id,status,candidate_id'], 37);
  const short = (text: string) => `${text.slice(0, 8)}…${text.slice(-4)}`;
  expect(row?.split(/ +/)).toEqual([short(id), 'ONGOING', short(candidate_id)]);
});

it('prints whole ids if the terminal is wide', async () => {
  const [, row] = await onTerminal(['list'], 200);
  expect(row).toContain(id);
});

it('prints whole ids in a pipe', async () => {
  const [row] = parseCells(successOutput(await conv(['list'], { terminalWidth: 80 })));
  expect(row?.[0]).toBe(id);
});

it('colors the status on a terminal with colors', async () => {
  const [, row] = await onTerminal(['list', '--columns', 'status'], 80, true);
  expect(row).toBe(`\u001b[33mONGOING${RESET}`);
});

it('escapes characters that change the direction of text on a terminal', async () => {
  await processEvent(stores, { id: 'gpj\u202eexe' });
  const lines = await onTerminal(['apps', 'list', '--columns', 'id'], 80);
  expect(lines).toContain('gpj\\u202eexe');
});

it('escapes them in one record too', async () => {
  await processEvent(stores, { id: 'a\u2066b' });
  const lines = await onTerminal(['apps', 'show', 'a\u2066b'], 80);
  expect(lines[0]).toMatch(/^id +a\\u2066b$/);
});

it('escapes them in an error message on a terminal', async () => {
  const { stderr } = await conv(['apps', 'show', 'x\u202ey'], { stderrIsTerminal: true });
  expect(stderr).toContain('x\\u202ey');
});

it('keeps them in a pipe', async () => {
  const rows = parseCells(successOutput(await conv(['apps', 'list', '--columns', 'id'])));
  expect(rows).toContainEqual(['gpj\u202eexe']);
});
