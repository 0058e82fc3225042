import type { Io } from '../../src/cli/io';
import { displayWidth } from '../../src/cli/terminal-text';
import { addReading, createState, drawTop, type TopState } from '../../src/cli/top/state';
import type { Reading } from '../../src/cli/top/reading';
import type { ApplicationView } from '../../src/lib/domain';
import type { Overview, Period } from '../../src/metrics/overview';

const period = (count: number, seconds = 300): Period => ({
  seconds,
  received: { accepted: count },
  received_per_second: count / 300,
  processed_per_second: count / 300,
  outcomes: [
    { status: 'FAILED', reason: null, count: 2 },
    { status: 'REJECTED', reason: 'DUPLICATE_APPLICATION', count: 31 },
    { status: 'ACCEPTED', reason: null, count },
  ],
  latency: { p50: 0.012, p95: 0.2, p99: 4 },
});

const QUEUE = {
  ...{ waiting: 1204, active: 16, delayed: 3, completed: 100, failed: 2, oldest_waiting_seconds: 12 },
  ...{ workers: 4, paused: false, paused_since: null, pause_reason: null },
};

const OVERVIEW: Overview = {
  stores: { redis: true, postgres: true, replica: null },
  redis_warnings: [],
  redis_memory: { used: 12_582_912, max: 1_073_741_824 },
  queues: [
    { id: 'applications', ...QUEUE },
    { id: 'push', ...QUEUE },
  ],
  processes: { web: 2, worker: 4 },
  feed: { count: 0, oldest_seconds: 0 },
  push: { switched_on: true, pending: 7, parked: 1, error: 'EVENTS_URL answered 503', oldest_seconds: 90 },
  since: { ...period(300), received_per_second: 12.3, processed_per_second: 4 },
  periods: { minutes: period(3000), hour: period(40_000, 3600), day: null },
  totals: null,
};

const failure = (n: number): ApplicationView => ({
  ...{ id: `application-${n}`, job_id: 'job-1', candidate_id: `candidate-${n}`, status: 'FAILED' },
  ...{ reason: 'the database refuses the data', conversation_id: null },
  ...{ received_at: `2026-11-29T01:00:0${n}.000Z`, processed_at: '2026-11-29T01:00:30.000Z' },
});

const READING: Reading = {
  at: new Date('2026-11-29T01:50:00.123Z'),
  overview: { value: OVERVIEW },
  sinceStart: null,
  failures: { value: [5, 4, 3, 2, 1].map(failure) },
  application: null,
};

const withOverview = (change: Partial<Overview>): Reading => ({
  ...READING,
  overview: { value: { ...OVERVIEW, ...change } },
});

interface Drawing extends Partial<TopState> {
  width?: number;
  height?: number;
  useColor?: boolean;
}
function draw(reading: Reading, { width = 80, height = 24, useColor = false, ...change }: Drawing = {}) {
  const io = { stdoutIsTerminal: true, terminalWidth: width, terminalHeight: height, useColor } as Io;
  const state: TopState = { ...createState(), ...change };
  addReading(state, reading);
  return drawTop(io, state);
}

const HISTORY = [1, 4, 8, 0].map((rate) => ({ received: rate, processed: rate }));

it('draws the overview', () => {
  const state = { reading: READING, history: HISTORY };
  expect(draw(READING, state).map((line) => line.trimEnd())).toMatchInlineSnapshot(`
   [
     "conv top  2026-11-29T01:50:00Z  PostgreSQL up  Redis up",
     "",
     "IN               12/s  ▂▄▆▁█",
     "OUT               4/s  ▂▅█▁▅",
     "LATENCY    p50 12 ms  p95 200 ms  p99 4 s  of the last 5 min",
     "BACKLOG    1,204 waiting, oldest 12 s  16 active  3 delayed",
     "PUSHES     7 pending, oldest 2 min  1 parked  EVENTS_URL answered 503",
     "PROCESSES  web 2  worker 4  Redis memory 12 MiB of 1,024 MiB",
     "",
     "STATUS    REASON                 SINCE START  5 MINUTES  HOUR     DAY",
     "ACCEPTED                                   -      3,000   40,000        -",
     "REJECTED  DUPLICATE_APPLICATION            -         31       31        -",
     "FAILED                                     -          2        2        -",
     "",
     "FAILED ID      RECEIVED AT               REASON",
     "application-5  2026-11-29T01:00:05.000Z  the database refuses the data",
     "application-4  2026-11-29T01:00:04.000Z  the database refuses the data",
     "application-3  2026-11-29T01:00:03.000Z  the database refuses the data",
     "application-2  2026-11-29T01:00:02.000Z  the database refuses the data",
     "application-1  2026-11-29T01:00:01.000Z  the database refuses the data",
     "",
     "",
     "",
     "q quit   p pause or resume processing   f failures",
   ]
  `);
});

describe.each([
  [80, 24],
  [200, 50],
  [40, 5],
  [40, 1],
])('on %i columns and %i lines', (width, height) => {
  const PAUSED = withOverview({
    queues: [{ id: 'applications', ...QUEUE, paused: true, pause_reason: 'x'.repeat(300) }],
  });

  it.each([
    ['overview', PAUSED],
    [
      'overview',
      { ...READING, overview: { problem: 'y'.repeat(300) }, failures: { problem: 'z'.repeat(300) } },
    ],
    ['failures', READING],
    ['application', READING],
  ] as const)('the view %s fills the screen and is not wider', (view, reading) => {
    const lines = draw(reading, {
      width,
      height,
      view,
      selectedId: 'application-2',
      notice: 'n'.repeat(300),
    });
    expect(lines).toHaveLength(height);
    expect(Math.max(...lines.map(displayWidth))).toBe(width);
  });
});

it.each([
  ['Redis', { redis: false, postgres: true, replica: null }, /PostgreSQL up {2}Redis DOWN/],
  [
    'PostgreSQL',
    { redis: true, postgres: false, replica: true },
    /PostgreSQL DOWN {2}Redis up {2}replica up/,
  ],
])('shows in the first line that %s is down', (_, stores, expected) => {
  expect(draw(withOverview({ stores }))[0]).toMatch(expected);
});

it('says what is unknown without Redis', () => {
  const lines = draw(withOverview({ queues: [], processes: null, since: null }));
  expect(lines).toContain('BACKLOG    unknown: Redis cannot be reached');
});

it('shows since when and why a queue is paused', () => {
  const paused = { ...QUEUE, paused: true, paused_since: '2026-11-29T01:00:00.000Z', pause_reason: 'moving' };
  const lines = draw(withOverview({ queues: [{ id: 'applications', ...paused }] }));
  expect(lines).toContain('! applications: paused since 2026-11-29T01:00:00.000Z: moving');
});

it('names the ways in which Redis may lose applications', () => {
  expect(draw(withOverview({ redis_warnings: ['no copy'] }))).toContain('! no copy');
});

it('marks the selected failure', () => {
  const lines = draw(READING, { view: 'failures', selectedId: 'application-4' });
  expect(lines.filter((line) => line.startsWith('>'))).toEqual([expect.stringContaining('application-4')]);
});

it('shows the selected failure also if the list is longer than the screen', () => {
  const lines = draw(READING, { view: 'failures', selectedId: 'application-1', height: 7 });
  expect(lines.filter((line) => line.includes('application-'))).toEqual([
    expect.stringMatching(/^ .*application-2/),
    expect.stringMatching(/^>.*application-1/),
  ]);
});

it('keeps the selection when a newer failure comes', () => {
  const state = { ...createState(), view: 'failures' as const, selectedId: 'application-4' };
  addReading(state, { ...READING, failures: { value: [9, 5, 4].map(failure) } });
  const lines = drawTop({ terminalWidth: 80, terminalHeight: 24, stdoutIsTerminal: true } as Io, state);
  expect(lines[0]).toContain('3 of 3');
});

it('shows control characters of a failure by their code', () => {
  const failures = { value: [{ ...failure(1), reason: 'a\u001b[31m\nb' }] };
  expect(draw({ ...READING, failures }).join('\n')).toContain(String.raw`a\u001b[31m\u000ab`);
});

it('asks instead of showing the keys', () => {
  const question = { text: 'Pause? [y/N]', confirm: () => Promise.resolve('') };
  expect(draw(READING, { question }).at(-1)?.trimEnd()).toBe('Pause? [y/N]');
});

it.each([
  [true, 1],
  [false, 0],
])('with colours %s, the state of a store is coloured', (useColor, count) => {
  const [header = ''] = draw(READING, { useColor });
  expect(header.split('\u001b[32mRedis up\u001b[39m')).toHaveLength(count + 1);
});
