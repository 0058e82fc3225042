import { migrate } from '../../../db/migrate';
import { createSecret } from '../../../src/lib/signature';
import { connectDatabase, type Database } from '../../../src/models/connect';
import { eventually } from '../../support/eventually';
import { startProcess, type RealProcess } from '../../support/processes';
import type { TestQueue } from '../../support/queue';
import { openProxy } from '../../support/tcp-proxy';
import type { TestWeb } from '../../support/web';
import { startPrimary, startStandby, type PostgresServer } from './postgres-server';

/** A primary and its standby, with web and worker that reach the primary by one address. */
export interface Pair {
  primary: PostgresServer;
  standby: PostgresServer;
  /** The address that leads to the primary, before and after the failover. */
  url: string;
  database: Database;
  web: TestWeb;
  worker: RealProcess;
  /** Kills the primary, promotes the standby, and lets the address lead there. */
  failOver(): Promise<void>;
  close(): Promise<void>;
}

/** Waits until the primary streams to the number of standbys. */
export async function waitForStandbys(primary: PostgresServer, count: number): Promise<void> {
  const sql = "SELECT FROM pg_stat_replication WHERE state = 'streaming'";
  await eventually(async () => (await primary.query(sql)).length === count);
}

/** Starts a migrated primary, and an asynchronous standby that it streams to. */
export async function startServers(): Promise<Pick<Pair, 'primary' | 'standby'>> {
  const primary = await startPrimary();
  const { sequelize } = connectDatabase(primary.url);
  await migrate(sequelize);
  await sequelize.close();
  const standby = await startStandby(primary);
  await waitForStandbys(primary, 1);
  return { primary, standby };
}

/** Starts everything; the standby is asynchronous. */
export async function startPair(queue: TestQueue): Promise<Pair> {
  const { primary, standby } = await startServers();
  const proxy = await openProxy(primary.port);
  const url = proxy.through(primary.url);
  const database = connectDatabase(url);
  const secret = createSecret();
  const env = { WEBHOOK_SECRETS: secret, LOG_LEVEL: 'warn' };
  const web = await startProcess('web', { url }, queue, env);
  const worker = await startProcess('worker', { url }, queue, env);
  return {
    primary,
    standby,
    url,
    database,
    web: { url: web.url ?? '', secret, token: '' },
    worker,
    async failOver() {
      await primary.kill();
      proxy.cut();
      await standby.promote();
      proxy.forwardTo(standby.port);
      proxy.restore();
    },
    async close() {
      await Promise.all([web.stop(), worker.stop()]);
      await database.sequelize.close();
      await proxy.close();
      await Promise.all([primary.destroy(), standby.destroy()]);
    },
  };
}
