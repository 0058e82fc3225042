import { get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { connectDatabase } from '../../../src/models/connect';
import { createToken } from '../../../src/tokens/token';
import { OVERVIEW_STREAM_PATH } from '../../../src/web/admin/links';
import type { Bed } from '../lab';
import type { Running } from '../processes';
import type { Bench, Figures, Row } from '../row';
import { burstThrough } from './e2e';
import { conv } from './e2e-contestants';

const VIEWERS = 50;
/** Long enough for the clock of processor time, which counts in 10 ms. */
const WATCH_MS = 10_000;

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

/** Returns the processor time that a process uses in a second without a load, in milliseconds. */
async function idleCpu(web: Running): Promise<number> {
  const before = await web.cpu();
  await wait(WATCH_MS);
  return ((await web.cpu()) - before) / WATCH_MS;
}

/** Runs the burst, after a while without a load; `open` opens the viewers. */
async function trial(bench: Bench, open: (bed: Bed, url: string) => Promise<Viewers>): Promise<Figures> {
  const found: Figures = {};
  const start = async (bed: Bed): Promise<[Running, ...Running[]]> => {
    const [web, ...workers] = await conv(bed);
    const viewers = await open(bed, web.url);
    found['web CPU ms/s without a load'] = await idleCpu(web);
    const stop = async () => {
      found['longest wait for figures s'] = viewers.longestWait();
      viewers.stop();
      await web.stop();
    };
    return [{ ...web, stop }, ...workers];
  };
  return { ...(await burstThrough(bench, { start }, bench.options.burst)), ...found };
}

const openNone = (): Promise<Viewers> => Promise.resolve({ longestWait: () => NaN, stop: () => undefined });

/** What it costs when people watch the overview during a burst, and whether they see it live. */
export function viewers(bench: Bench): Row {
  const many = `conv, ${VIEWERS} viewers`;
  const how = `${VIEWERS} streams of the overview at /admin`;
  return {
    subject: 'conv',
    contestants: [
      { name: 'conv', how: 'nobody watches', trial: () => trial(bench, openNone) },
      { name: many, how, trial: () => trial(bench, openViewers) },
    ],
    goals: [
      { metric: 'applications/s', of: many, against: 'conv', atLeast: 0.98 },
      // 2 % of the two cores that a full load occupies.
      { metric: 'web CPU ms/s without a load', of: many, against: 'conv', by: 'difference', atMost: 40 },
      { metric: 'longest wait for figures s', of: many, atMost: 3 },
    ],
  };
}
