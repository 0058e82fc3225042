/**
 * The parts of its peers that the bench uses. Only `npm run bench` installs them; lint and type check must pass without them.
 */
declare module 'pg-boss' {
  interface Job {
    id: string;
    data: object;
  }
  class PgBoss {
    constructor(options: { connectionString: string; max: number; supervise: boolean; schedule: boolean });
    on(event: 'error', handler: (error: Error) => void): this;
    start(): Promise<PgBoss>;
    stop(options: { graceful: boolean; wait: boolean }): Promise<void>;
    createQueue(name: string): Promise<void>;
    send(name: string, data: object): Promise<string | null>;
    insert(jobs: { name: string; data: object }[]): Promise<void>;
    work(
      name: string,
      options: { batchSize: number; pollingIntervalSeconds: number },
      handler: (jobs: Job[]) => Promise<void>,
    ): Promise<string>;
    notifyWorker(workerId: string): void;
  }
  export = PgBoss;
}

declare module 'graphile-worker' {
  import type { Pool } from 'pg';

  type Logger = object;
  export const Logger: new (factory: () => () => void) => Logger;
  interface Preset {
    worker: {
      concurrentJobs: number;
      localQueue: { size: number };
      completeJobBatchDelay: number;
    };
  }
  interface Common {
    pgPool: Pool;
    logger: Logger;
  }
  interface Utils {
    migrate(): Promise<void>;
    addJob(task: string, payload: object): Promise<unknown>;
    addJobs(jobs: { identifier: string; payload: object }[]): Promise<unknown>;
    release(): Promise<void>;
  }
  export function makeWorkerUtils(options: Common): Promise<Utils>;
  export function run(
    options: Common & {
      preset: Preset;
      noHandleSignals: boolean;
      taskList: Record<string, (payload: unknown) => Promise<void>>;
    },
  ): Promise<{ stop(): Promise<void> }>;
}
