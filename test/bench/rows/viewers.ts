import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { connectDatabase } from '../../../src/models/connect';
import { createToken } from '../../../src/tokens/token';
import { OVERVIEW_STREAM_PATH } from '../../../src/web/admin/links';
import type { Bed } from '../lab';
import type { Running } from '../processes';
import type { Bench, Figures, Row } from '../row';
import { spentSoFar, serviceCpu } from '../spent';
import { median } from '../statistics';
import { sendBurst, withPipeline } from './e2e';
import { conv } from './e2e-contestants';

const VIEWERS = 50;
/** Without and with viewers, in an order in which a slow change of the machine affects both alike. */
const WATCHED = [false, true, true, false];
/** How often the bursts run in that order: a machine's speed changes by a tenth and more from burst to burst. */
const REPEATS = 10;
/** Long enough for the clock of processor time, which counts in 10 ms. */
const IDLE_MS = 10_000;

/** People who look at the overview. */
interface Viewers {
  /** Returns the longest time in which one of them got no newer figures, in seconds. */
  longestWait(): number;
  stop(): void;
}

async function operatorToken(bed: Bed): Promise<string> {
  const database = connectDatabase(bed.databaseUrl);
  const scopes = ['queues:admin'] as const;
  const { token } = await createToken(database, { name: 'viewers', scopes, expiresAt: null });
  await database.sequelize.close();
  return token;
}

function openStream(url: string, token: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    get(`${url}${OVERVIEW_STREAM_PATH}`, { headers, agent: false }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`${OVERVIEW_STREAM_PATH} answered ${response.statusCode}`));
    }).on('error', reject);
  });
}

/** Opens the stream of the overview as many browsers do, and notes when each gets new figures. */
async function openViewers(bed: Bed, url: string): Promise<Viewers> {
  const token = await operatorToken(bed);
  const streams = await Promise.all(Array.from({ length: VIEWERS }, () => openStream(url, token)));
  let longest = 0;
  for (const stream of streams) {
    let updatedAt = performance.now();
    stream.on('error', () => undefined); // The trial is over.
    stream.setEncoding('utf8').on('data', (text: string) => {
      if (!text.startsWith('data: ')) return;
      longest = Math.max(longest, performance.now() - updatedAt);
      updatedAt = performance.now();
    });
  }
  return {
    longestWait: () => longest / 1000,
    stop: () => streams.forEach((stream) => stream.destroy()),
  };
}

interface Service {
  bench: Bench;
  bed: Bed;
  web: Running;
  worker: Running;
}

async function openIf(watched: boolean, { bed, web }: Service): Promise<Viewers | null> {
  return watched ? openViewers(bed, web.url) : null;
}

const cpuOfService = async ({ bench, bed, web, worker }: Service): Promise<number> =>
  serviceCpu(await spentSoFar(bench.lab.redis, bed.pool, web, worker));

/** Returns the processor time that conv and its stores use in a second without a load, in milliseconds. */
async function idleCpu(on: Service, watched: boolean): Promise<number> {
  const viewers = await openIf(watched, on);
  const before = await cpuOfService(on);
  await wait(IDLE_MS);
  const spent = (await cpuOfService(on)) - before;
  viewers?.stop();
  return spent / IDLE_MS;
}

async function idleFigures(on: Service): Promise<Figures> {
  const [before, with1, with2, after] = [
    await idleCpu(on, false),
    await idleCpu(on, true),
    await idleCpu(on, true),
    await idleCpu(on, false),
  ];
  const unseen = (before + after) / 2;
  return { 'CPU ms/s without a load': unseen, 'CPU ms/s more with viewers': (with1 + with2) / 2 - unseen };
}

/** The figures of one burst. */
interface Burst {
  watched: boolean;
  rate: number;
  cpuEach: number;
  longestWait: number;
}

async function burst(on: Service, label: string, watched: boolean): Promise<Burst> {
  const { bench, bed, web } = on;
  const count = Math.ceil(bench.options.burst / WATCHED.length);
  const viewers = await openIf(watched, on);
  const spent = () => cpuOfService(on);
  const { figures, before, after } = await sendBurst(bench.load, bed.pool, web.url, { label, count, spent });
  const longestWait = viewers?.longestWait() ?? 0;
  viewers?.stop();
  return { watched, rate: figures['applications/s'] ?? NaN, cpuEach: (after - before) / count, longestWait };
}

/** Returns the median of the bursts with viewers divided by that of those without. */
function ratio(bursts: readonly Burst[], figure: (burst: Burst) => number): number {
  const of = (watched: boolean) => median(bursts.filter((one) => one.watched === watched).map(figure));
  return of(true) / of(false);
}

async function trial(on: Service): Promise<Figures> {
  await burst(on, 'warm', true);
  const idle = await idleFigures(on);
  const bursts: Burst[] = [];
  for (let n = 0; n < REPEATS; n++)
    for (const [m, watched] of WATCHED.entries()) bursts.push(await burst(on, `${n}-${m}`, watched));
  return {
    'applications/s': median(bursts.map(({ rate }) => rate)),
    ...idle,
    'applications/s, viewers ÷ none': ratio(bursts, ({ rate }) => rate),
    'CPU each, viewers ÷ none': ratio(bursts, ({ cpuEach }) => cpuEach),
    'longest wait for figures s': Math.max(...bursts.map(({ longestWait }) => longestWait)),
  };
}

/** What it costs when people watch the overview, and whether they see it live under a full load. */
export function viewers(bench: Bench): Row {
  const run = () =>
    withPipeline(bench.lab, { start: conv }, (bed, [web, worker]) => {
      if (!worker) throw new Error('there is no worker');
      return trial({ bench, bed, web, worker });
    });
  return {
    subject: 'conv',
    rounds: 2,
    contestants: [
      { name: 'conv', how: `${VIEWERS} streams of the overview at /admin, in every other burst`, trial: run },
    ],
    goals: [
      // 2 % of the two cores that a full load occupies; the work for viewers is the same in each second, whatever the load.
      { metric: 'CPU ms/s more with viewers', atMost: 40 },
      { metric: 'longest wait for figures s', atMost: 3 },
    ],
  };
}
