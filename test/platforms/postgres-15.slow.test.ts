import { runInProcess } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { useReceiver } from '../push/support/receiver';
import { connectDatabase } from '../../src/models/connect';
import { complete } from './support/account';
import { documentedBlock } from './support/documented';
import { COMPLETE, makeJourney } from './support/journey';
import { measure, type Measurement } from './support/measure';
import { startPlatform } from './support/platform';
import { POSTGRES_15, startPrimary, type PostgresServer } from './support/postgres-server';

describeWith(POSTGRES_15)('PostgreSQL 15', () => {
  const queue = useQueue();
  const receiver = useReceiver();
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPrimary();
  });
  atEnd(() => server.destroy());

  /** Returns the address of the database for another user. */
  const urlFor = (username: string, database: string) =>
    Object.assign(new URL(server.url), { username, pathname: `/${database}` }).href;

  /** Runs `conv db migrate`. */
  const migrate = (url: string) => runInProcess(['db', 'migrate'], { DATABASE_URL: url });

  /** Measures web and worker as one user, and counts as the superuser. */
  async function measureAs(platform: string, username: string, name: string): Promise<Measurement> {
    // Its own queue, in which `conv reconcile` of a journey finds nothing.
    const ownQueue = { redisUrl: queue.redisUrl, prefix: `${queue.prefix}-${name}` };
    const running = await startPlatform({ url: urlFor(username, name) }, ownQueue);
    const database = connectDatabase(urlFor('conv', name));
    const measurement = await measure({ platform, web: running.web, database });
    await running.stop();
    await database.sequelize.close();
    return measurement;
  }

  it('processes, moves, replays, erases and reads', async () => {
    await migrate(server.url);
    expect(await makeJourney({ ...queue, url: server.url }, receiver)).toEqual(COMPLETE);
  });

  it('loses no application', async () => {
    const { load, result } = await measureAs('PostgreSQL 15', 'conv', 'conv');
    expect(result).toEqual(complete(load));
  });

  it('serves a user who has no rights but those in the documentation', async () => {
    await server.query('CREATE DATABASE restricted');
    await server.query(documentedBlock('A PostgreSQL user with few rights', 'sql'), 'restricted');
    await migrate(urlFor('conv_owner', 'restricted'));
    const url = urlFor('conv_app', 'restricted');
    expect(await makeJourney({ ...queue, url }, receiver)).toEqual(COMPLETE);
  });

  it('loses no application of that user', async () => {
    const name = 'PostgreSQL 15, user with few rights';
    const { load, result } = await measureAs(name, 'conv_app', 'restricted');
    expect(result).toEqual(complete(load));
  });

  it('lets that user own nothing', async () => {
    const sql = "SELECT relname FROM pg_class WHERE relowner = 'conv_app'::regrole";
    expect(await server.query(sql, 'restricted')).toEqual([]);
  });
});
