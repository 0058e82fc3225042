import type { Bed } from '../lab';
import type { Checkout } from '../options';
import { startContestant, startConv, type Running } from '../processes';

export interface Pipeline {
  name: string;
  how: string;
  /** Share of the burst: slow contestants need less for a rate. */
  share: number;
  goal?: number;
  /** Redis' `appendfsync`; by default `always`. */
  fsync?: 'everysec';
  /** The checkout that runs, if not this one. */
  root?: string;
  /** The web process first. */
  start: (bed: Bed) => Promise<[Running, ...Running[]]>;
}

const noQueue =
  (FORM: string, CONNECTIONS: number) =>
  async (bed: Bed): Promise<[Running]> => [
    await startContestant('no-queue', bed, { FORM, CONNECTIONS: String(CONNECTIONS) }),
  ];

const BOSS_WORKER = '2 workers, batches of 100, one statement per batch, no wait while there are jobs';
const GRAPHILE_WORKER =
  '100 concurrent jobs, localQueue 500, batched completions, one statement for the active jobs';

const pgBoss =
  (FORM: string, CONNECTIONS: number) =>
  async (bed: Bed): Promise<[Running, Running]> => [
    await startContestant('pg-boss-web', bed, { FORM, CONNECTIONS: String(CONNECTIONS) }),
    await startContestant('pg-boss-worker', bed, { BATCH_WORKERS: '2', BATCH: '100' }),
  ];

const graphile =
  (FORM: string, CONNECTIONS: number) =>
  async (bed: Bed): Promise<[Running, Running]> => [
    await startContestant('graphile-web', bed, { FORM, CONNECTIONS: String(CONNECTIONS) }),
    await startContestant('graphile-worker', bed, { CONCURRENCY: '100' }),
  ];

/** Both processes of conv with these settings beside the defaults. */
export const convWith =
  (env: NodeJS.ProcessEnv) =>
  async (bed: Bed): Promise<[Running, Running]> => [
    await startConv('web', bed, env),
    await startConv('worker', bed, env),
  ];

export const conv = convWith({});

/** Another checkout of conv, with its own defaults. */
export const checkoutPipeline = ({ name, root }: Checkout): Pipeline => ({
  name,
  how: `web and worker process of ${root}`,
  share: 1,
  root,
  start: conv,
});

/** From a signed post to a committed conversation with its event: one web process and, where there is a queue, one worker. */
export const PIPELINES: readonly Pipeline[] = [
  { name: 'conv', how: 'web and worker process, all defaults', share: 1, start: conv },
  {
    name: 'conv, everysec',
    how: 'the same with appendfsync everysec',
    share: 1,
    goal: 0.85,
    fsync: 'everysec',
    start: conv,
  },
  {
    name: 'no queue, one statement',
    how: 'the request waits for one named statement (pg, 20 connections)',
    share: 1,
    goal: 1,
    start: noQueue('statement', 20),
  },
  {
    name: 'no queue, grouped',
    how: 'one named statement for up to 100 requests (pg, 2 concurrent)',
    share: 1,
    start: noQueue('grouped', 2),
  },
  {
    name: 'no queue, findOrCreate',
    how: 'Sequelize findOrCreate in a transaction in the request (20 connections)',
    share: 0.1,
    goal: 8,
    start: noQueue('naive', 20),
  },
  {
    name: 'BullMQ, findOrCreate',
    how: 'the same webhook with a plain `add`; worker with findOrCreate in a transaction, concurrency 10',
    share: 0.1,
    goal: 8,
    start: async (bed) => [
      await startContestant('bullmq-web', bed),
      await startContestant('naive-worker', bed, { CONCURRENCY: '10' }),
    ],
  },
  {
    name: 'pg-boss, send',
    how: `one send for each post (20 connections); worker: ${BOSS_WORKER}`,
    share: 0.5,
    goal: 3,
    start: pgBoss('send', 20),
  },
  {
    name: 'pg-boss, inserts',
    how: `one insert for up to 100 posts (2 concurrent); worker: ${BOSS_WORKER}`,
    share: 1,
    goal: 1,
    start: pgBoss('insert', 2),
  },
  {
    name: 'graphile, addJob',
    how: `one addJob for each post (20 connections); worker: ${GRAPHILE_WORKER}`,
    share: 0.5,
    goal: 5,
    start: graphile('addJob', 20),
  },
  {
    name: 'graphile, addJobs',
    how: `one addJobs for up to 100 posts (2 concurrent); worker: ${GRAPHILE_WORKER}`,
    share: 0.5,
    goal: 5,
    start: graphile('addJobs', 2),
  },
];
