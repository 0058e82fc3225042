import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/lib/package-root';
import { createToken, revokeToken } from '../../src/tokens/token';
import { findTroubles } from '../../src/web/admin/health';
import { shareFigures, type OverviewFigures } from '../../src/web/admin/overview-figures';
import type { WebDeps } from '../../src/web/context';
import { openSession, readLive, readPage, type Visit } from '../support/admin';
import { createFailed } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { recordEarlier, publishing } from '../support/metrics';
import { useQueue } from '../support/queue';
import { post, tokenFor, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
let deps: WebDeps;
const web = useWeb(stores, queue, () => ({ metrics: publishing('web', queue) }));

let visit: Visit;
beforeAll(async () => {
  const { applications, push } = queue;
  deps = {
    ...stores,
    queue: applications,
    push,
    replica: null,
    redisWarnings: () => [],
  } as unknown as WebDeps;
  atEnd(await runWorker(stores, queue, { metrics: publishing('worker', queue) }));
  visit = await openSession(web, await tokenFor(stores, 'queues:admin'));
});

const overview = async () => readPage(await visit('/admin'));
const stream = (headers = {}, session = visit) => session('/admin/overview/stream', { headers });

it('is well while nothing is wrong', async () => {
  await eventually(async () => (await overview()).includes('All is well.'));
  expect(await overview()).toContain('Processes 1 worker, 1 web');
  expect(await overview()).toContain('Pushes off: no receiver is set');
});

it('shows the counts since the first reading, and for how long', async () => {
  await recordEarlier(queue, 12);
  const text = 'Outcomes Outcome Reason 5 minutes Last 12 min None yet.';
  expect(await eventually(async () => (await overview()).includes(text))).toBe(true);
});

it('shows what came in and out, by outcome, with its latency', async () => {
  await eventually(async () => (await overview()).includes('1 worker, 1 web'));
  for (const minutes of [5, 60, 1440]) await recordEarlier(queue, minutes);
  await post(web, applicationEvent());
  await eventually(async () => (await overview()).includes('ACCEPTED – 1 1 1'));
  expect(await (await visit('/admin')).text()).toContain('href="/admin/applications?status=ACCEPTED"');
  expect(await overview()).toContain('Received – 1 1 1');
  expect(await overview()).toMatch(/Per second 0\.\d in, 0\.\d out/);
  expect(await overview()).toMatch(/95 % within [\d.]+ m?s [\d.]+ m?s/);
});

it('streams changes to everybody who looks', async () => {
  const viewers = [readLive(await stream()), readLive(await stream())];
  for (const viewer of viewers) expect((await viewer.next()).value).toContain('All is well.');
  const { id } = await createFailed(stores);
  for (const viewer of viewers) {
    for await (const text of viewer) if (text.includes('1 application FAILED: find the cause')) break;
  }
  await stores.database.applications.destroy({ where: { id } });
});

it('knows the rates as long as it has looked once, although no worker records any figures', async () => {
  await queue.applications.connection.del(`${queue.prefix}:metrics:history`);
  await overview();
  await eventually(async () => (await overview()).includes(' in, '));
  const clock = jest.spyOn(performance, 'now');
  clock.mockReturnValue(performance.now() + 3_600_000);
  const later = await overview();
  clock.mockRestore();
  expect(later).toMatch(/Per second [\d.]+ in, [\d.]+ out/);
});

it('reads the figures once for everybody who looks at the same time', async () => {
  const read = shareFigures(deps);
  const [first, ...others] = await Promise.all([read(), read(), read()]);
  expect(new Set([first, ...others]).size).toBe(1);
  expect(await read()).toBe(first);
});

it('reads the readings of the charts at most every 15 seconds for everybody', async () => {
  const read = shareFigures(deps);
  const { series, at } = await read();
  const next = await eventually(async () => {
    const figures = await read();
    return figures.at > at && figures;
  });
  expect([series?.to, next.series]).toEqual([expect.any(Number), series]);
});

it('says of which time the figures are', async () => {
  expect(await overview()).toMatch(/Figures from \d\d:\d\d:\d\d UTC\./);
});

it('ends a stream within seconds when its token is revoked', async () => {
  const request = { name: 'leaves', scopes: ['queues:admin' as const], expiresAt: null };
  const { id, token } = await createToken(stores.database, request);
  const viewer = readLive(await stream({}, await openSession(web, token)));
  await viewer.next();
  await revokeToken(stores.database, id);
  for await (const text of viewer) expect(text).toContain('All is well.');
});

it('sends a viewer without a session to the login', async () => {
  const response = await stream({ Cookie: '' });
  expect([response.status, response.headers.get('Location')]).toEqual([
    303,
    '/admin/login?next=%2Fadmin%2Foverview%2Fstream',
  ]);
});

describe('says where it hurts:', () => {
  let well: OverviewFigures;
  beforeAll(async () => {
    well = await shareFigures(deps)();
  });
  const push = { switched_on: true, parked: 0, pending: 0, error: null, oldest_seconds: null };

  /** Returns the figures of an overview with a difference. */
  const having = (overview: Partial<OverviewFigures['overview']>): OverviewFigures => ({
    ...well,
    overview: { ...well.overview, ...overview },
  });
  const havingQueue = (id: string, change: object) =>
    having({ queues: well.overview.queues.map((one) => (one.id === id ? { ...one, ...change } : one)) });

  const TROUBLES: [string, () => OverviewFigures, string][] = [
    ['no worker', () => having({ processes: { web: 1, worker: 0 } }), 'No worker is alive'],
    ['a pause', () => havingQueue('applications', { paused: true, pause_reason: 'release' }), '(release)'],
    [
      'a backlog',
      () => havingQueue('applications', { oldest_waiting_seconds: 600 }),
      'has waited for 10 min',
    ],
    ['many failures', () => ({ ...well, failures: 10_000 }), 'At least 10,000 applications FAILED'],
    ['paused pushes', () => havingQueue('push', { paused: true }), 'conv events resume'],
    [
      'pushes given up',
      () => having({ push: { ...push, parked: 2, error: 'answered 500' } }),
      'The push of 2 events was given up. The oldest error: answered 500.',
    ],
    ['late pushes', () => having({ push: { ...push, pending: 1, oldest_seconds: 7200 } }), 'has waited 2 h'],
    ['a late feed', () => having({ feed: { count: 1, oldest_seconds: 31 } }), 'events of the last 31 s'],
    ['full memory', () => having({ redis_memory: { used: 85, max: 100 } }), 'Redis is 85 % full'],
    ['an unsafe Redis', () => having({ redis_warnings: ['no AOF'] }), 'applications: no AOF.'],
    [
      'no replica',
      () => having({ stores: { redis: true, postgres: true, replica: false } }),
      'The replica for reads does not answer',
    ],
  ];

  it.each(TROUBLES)('%s', (_, figures, text) => {
    const found = findTroubles(figures());
    expect(found).toHaveLength(1);
    expect(found[0]?.text).toContain(text);
  });

  it('and names a section of docs/operations.md', async () => {
    const guide = await readFile(join(packageRoot(), 'docs/operations.md'), 'utf8');
    for (const [, figures] of TROUBLES)
      for (const { section } of findTroubles(figures()))
        expect(guide).toMatch(new RegExp(`^##+ ${section}$`, 'm'));
  });
});
