import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { recordingLog, type RecordingLog } from '../support/recording-log';
import { startRedisServer, startReplica, startSentinel, type RedisServer } from '../support/redis-server';
import { post, useWeb, type TestWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

interface ReadinessTest extends RecordingLog, TestWeb {
  server: RedisServer;
}

/** Runs a web application whose queue is on a Redis that answers, but accepts no job. */
function useWebOn(start: () => Promise<RedisServer>): ReadinessTest {
  const test = recordingLog() as ReadinessTest;
  let applications: ApplicationQueue;
  beforeAll(async () => {
    test.server = await start();
    const settings = { redisUrl: test.server.url, queuePrefix: 'readiness' };
    applications = openApplicationQueue(settings, test.log);
    await eventually(() => applications.connection.status === 'ready');
    atEnd(() => applications.close());
  });
  const web = useWeb(stores, queue, () => ({ queue: applications, log: test.log }));
  beforeAll(() => void Object.assign(test, web));
  return test;
}

const readyz = ({ url }: TestWeb) => fetch(`${url}/readyz`);

const causes = ({ lines }: RecordingLog): string[] =>
  lines.flatMap((line) => {
    const { msg, err } = JSON.parse(line) as { msg: string; err?: { message: string } };
    return msg === 'readiness of the queue failed; retrying' ? [err?.message ?? ''] : [];
  });

async function startCluster(): Promise<RedisServer> {
  const server = await startRedisServer(['save ""', 'cluster-enabled yes']);
  const other = await startRedisServer(['save ""', 'cluster-enabled yes']);
  await server.client.cluster('MEET', '127.0.0.1', other.port);
  await server.client.cluster('ADDSLOTS', 1);
  await other.client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '0', '2', '16383');
  await eventually(async () => (await server.client.cluster('INFO')).includes('cluster_state:ok'));
  return server;
}

describe.each([
  ['a replica', async () => startReplica(await startRedisServer()), /is a replica/],
  [
    'a primary with too few replicas for min-replicas-to-write',
    () => startRedisServer(['save ""', 'min-replicas-to-write 1']),
    /min-replicas-to-write/,
  ],
  ['a Sentinel', async () => startSentinel(await startRedisServer()), /is a Sentinel/],
  ['a node of a cluster', startCluster, /Redis Cluster/],
] as const)('on %s', (_name, start, cause) => {
  const web = useWebOn(start);

  it('refuses a post', async () => {
    await problemOf(await post(web, applicationEvent()), 503, 'QUEUE_UNAVAILABLE');
  });

  it('is not ready', async () => {
    const { detail } = await problemOf(await readyz(web), 503, 'NOT_READY');
    expect(detail).toBe('failing: queue');
  });

  it('logs the cause once', () => {
    expect(causes(web)).toEqual([expect.stringMatching(cause)]);
  });
});

describe('on a Redis that accepts jobs', () => {
  const web = useWebOn(startRedisServer);

  it('changes nothing in Redis', async () => {
    const before = await web.server.client.info('persistence');
    expect((await readyz(web)).status).toBe(200);
    const changes = /^rdb_changes_since_last_save:.*$/m;
    expect(changes.exec(await web.server.client.info('persistence'))?.[0]).toBe(changes.exec(before)?.[0]);
  });

  it('asks Redis once for all requests of a second', async () => {
    await web.server.client.config('RESETSTAT');
    await Promise.all(Array.from({ length: 20 }, () => readyz(web)));
    const stats = await web.server.client.info('commandstats');
    expect(Number(/^cmdstat_set:calls=(\d+)/m.exec(stats)?.[1] ?? 0)).toBeLessThanOrEqual(1);
  });
});
