import { connectDatabase } from '../../../src/models/connect';
import type { TestDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { startProcess, type RealProcess } from '../../support/processes';
import type { TestQueue } from '../../support/queue';
import { openProxy, type Proxy } from '../../support/tcp-proxy';
import { startServers } from './failover';

/** A primary, and a web process that reads from its standby through a proxy. */
export interface Replicated {
  stores: TestDatabase;
  /** Leads to the replica. */
  proxy: Proxy;
  web: RealProcess;
  /** Lets the replica catch up, and stop there. */
  pauseReplay(): Promise<void>;
  resumeReplay(): Promise<void>;
  close(): Promise<void>;
}

/** Starts everything. */
export async function startReplicated(queue: TestQueue): Promise<Replicated> {
  const { primary, standby } = await startServers();
  const proxy = await openProxy(standby.port);
  const stores = { url: primary.url, database: connectDatabase(primary.url) };
  const env = { DATABASE_READ_URL: proxy.through(standby.url), LOG_LEVEL: 'info' };
  const web = await startProcess('web', stores, queue, env);

  async function hasCaughtUp(): Promise<boolean> {
    const [row] = await primary.query('SELECT pg_current_wal_lsn() AS lsn');
    const sql = `SELECT pg_last_wal_replay_lsn() >= '${String(row?.['lsn'])}' AS caught_up`;
    return (await standby.query(sql))[0]?.['caught_up'] === true;
  }

  return {
    stores,
    proxy,
    web,
    async pauseReplay() {
      await eventually(hasCaughtUp);
      await standby.query('SELECT pg_wal_replay_pause()');
      const sql = 'SELECT pg_get_wal_replay_pause_state() AS state';
      await eventually(async () => (await standby.query(sql))[0]?.['state'] === 'paused');
    },
    async resumeReplay() {
      await standby.query('SELECT pg_wal_replay_resume()');
    },
    async close() {
      await web.stop();
      await stores.database.sequelize.close();
      await proxy.close();
      await Promise.all([primary.destroy(), standby.destroy()]);
    },
  };
}
