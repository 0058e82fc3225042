import { PassThrough } from 'node:stream';
import { openScreen } from '../../src/cli/top/screen';
import type { Io } from '../../src/cli/io';
import { createFailed } from '../support/applications';
import { createCli, parseJson, runInProcess, splitLines, storesEnv, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { containing } from '../support/matchers';
import { publishing } from '../support/metrics';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

const ENTER = '\u001b[?1049h';
const LEAVE = '\u001b[?1049l';

let failedId: string;
beforeAll(async () => {
  publishing('worker', queue);
  await createFailed(stores, 'an older failure');
  failedId = (await createFailed(stores, 'the database refuses the data')).id;
});

/** Runs `conv top` on a terminal in this process. */
function openTop(env = storesEnv(stores, queue)) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let output = '';
  stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const terminal = { stdoutIsTerminal: true, canPrompt: true, terminalWidth: 80, terminalHeight: 24 };
  const ended = runInProcess(['top'], env, { stdin, stdout, ...terminal });
  /** Waits until the newest screen matches. */
  const shows = (expected: RegExp) => eventually(() => expected.test(output.split('\u001b[H').at(-1) ?? ''));
  return { press: (keys: string) => stdin.write(keys), shows, ended, output: () => output };
}

describe('without a terminal', () => {
  it('prints one reading', async () => {
    const lines = splitLines(successOutput(await conv(['top'])));
    expect(lines).toEqual(
      expect.arrayContaining([
        containing('PostgreSQL up  Redis up'),
        'BACKLOG    0 waiting  0 active  0 delayed',
        containing('the database refuses the data'),
      ]),
    );
  });

  it('prints the figures and the last failures as json', async () => {
    const reading = parseJson(await conv(['top', '-o', 'json']));
    expect(reading).toMatchObject({
      stores: { postgres: true, redis: true, replica: null },
      queues: [{ id: 'applications', waiting: 0 }, { id: 'push' }],
      push: { pending: 0, parked: 0 },
      periods: { minutes: null, hour: null, day: null },
      failures: [{ id: failedId }, { reason: 'an older failure' }],
    });
  });

  it('exits 2 for another format', async () => {
    expect(await conv(['top', '-o', 'csv'])).toMatchObject({ code: 2, stderr: containing('table, json') });
  });
});

it('needs the stores, and says so in a context', async () => {
  const result = await runInProcess(['top'], { CONV_URL: 'https://conv.example.com', CONV_TOKEN: 'conv_x' });
  expect(result).toMatchObject({ code: 2, stderr: containing('needs PostgreSQL and Redis') });
});

it('exits 3 and leaves the screen alone if a store is down at the start', async () => {
  const top = openTop({ ...storesEnv(stores, queue), DATABASE_URL: 'postgres://conv@127.0.0.1:9/conv' });
  expect(await top.ended).toMatchObject({ code: 3, stderr: containing('cannot reach PostgreSQL') });
  expect(top.output()).toBe('');
});

describe('on a terminal', () => {
  it.each([
    ['q', 0],
    ['\u0003', 130],
  ])('the key %j gives the screen back and exits with %i', async (key, code) => {
    const top = openTop();
    await top.shows(/BACKLOG/);
    top.press(key);
    expect(await top.ended).toMatchObject({ code, stderr: '' });
    expect(top.output().indexOf(ENTER)).toBe(0);
    expect(top.output().endsWith(LEAVE)).toBe(true);
  });

  it('pauses and resumes processing, each after a yes', async () => {
    const top = openTop();
    await top.shows(/BACKLOG/);
    top.press('p');
    await top.shows(/Pause processing\?/);
    top.press('y');
    await top.shows(/! applications: paused since/);
    expect(await queue.bullmq.getPause()).toMatchObject({ reason: 'paused by an operator' });
    top.press('p');
    await top.shows(/Resume processing\? 0 applications waiting/);
    top.press('y');
    await top.shows(/the applications queue runs again/);
    expect(await queue.bullmq.isPaused()).toBe(false);
    top.press('q');
    expect((await top.ended).code).toBe(0);
  });

  it('pauses nothing after another answer', async () => {
    const top = openTop();
    await top.shows(/BACKLOG/);
    top.press('p');
    await top.shows(/Pause processing\?/);
    top.press('n');
    await top.shows(/canceled: nothing was changed/);
    expect(await queue.bullmq.isPaused()).toBe(false);
    top.press('q');
    await top.ended;
  });

  it('opens the failure that is selected', async () => {
    const top = openTop();
    await top.shows(/BACKLOG/);
    top.press('f');
    await top.shows(/1 of 2/);
    top.press('\u001b[B');
    await top.shows(/2 of 2/);
    top.press('\u001b[A\r');
    await top.shows(new RegExp(`${failedId}[^]*once the cause is gone, run`));
    top.press('q');
    await top.ended;
  });
});

it('gives the screen back before Node prints an uncaught error', () => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  openScreen({ stdin, stdout } as unknown as Io, jest.fn(), jest.fn());
  (process as NodeJS.EventEmitter).emit('uncaughtExceptionMonitor', new Error('a test'), 'uncaughtException');
  expect(String(stdout.read())).toContain(LEAVE);
});
