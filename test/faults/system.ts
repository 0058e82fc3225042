import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { destroyHome } from '../../src/local/stores';
import { APPLICATION_QUEUE } from '../../src/queue/applications';
import { createSecret } from '../../src/lib/signature';
import { runConv } from '../support/processes';
import { buildDisk, type Disk } from './disk';
import { startManagedProcess, type ManagedProcess } from './managed-process';
import type { PlantedBug } from './planted-bugs/planted-bugs';
import { startOwnStores, type Store } from './stores';

/** The system under test: two stores, two web and two worker processes, and the proxies between them. */
export interface TestSystem {
  postgres: Store;
  redis: Store;
  webs: ManagedProcess[];
  workers: ManagedProcess[];
  disk: Disk | null;
  secret: string;
  token: string;
  queue: Queue;
  /** A connection to Redis without proxies. */
  redisAdmin: Redis;
  /** WEB_CONCURRENCY of each web. */
  webConcurrency: number;
  /** Processes of web and worker that ended and were not killed, or did not stop cleanly; none may. */
  deaths: string[];
  /** What the faults could not do. */
  problems: string[];
  /** Runs `conv` on the stores, without proxies. */
  conv: (...args: string[]) => ReturnType<typeof runConv>;
  stop(): Promise<void>;
}

const PREFIX = 'faults';
/** Clocks of the webs at the start; a kind of fault sets others. */
const WEB_CLOCKS_OFF_MS = [-120_000, 240_000];

type Conv = TestSystem['conv'];

async function mustRun(conv: Conv, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await conv(...args);
  if (code !== 0) throw new Error(`conv ${args.join(' ')}: ${stderr}`);
  return stdout;
}

async function createToken(conv: Conv): Promise<string> {
  const scopes = ['applications:write', 'conversations:read', 'conversations:write'];
  const flags = scopes.flatMap((scope) => ['--scope', scope]);
  const made = await mustRun(conv, 'token', 'create', '--name', 'faults', ...flags, '-o', 'json');
  return (JSON.parse(made) as { token: string }).token;
}

function connectAdmin(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 100 });
  client.on('error', () => undefined); // Redis is killed on purpose.
  return client;
}

/** Starts the system, with a planted bug if there is one. */
export async function startSystem(bug: PlantedBug, webConcurrency: number): Promise<TestSystem> {
  const home = await mkdtemp(join(tmpdir(), 'conv-faults-'));
  await chmod(home, 0o711); // PostgreSQL runs as another user where this runs as root.
  const disk = await buildDisk(home);
  const { postgres, redis } = await startOwnStores(home, disk?.env ?? {});
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, QUEUE_PREFIX: PREFIX };
  const conv: Conv = (...args) => runConv(args, env);
  await mustRun(conv, 'db', 'migrate');
  const secret = createSecret();
  const deaths: string[] = [];
  const member = (kind: 'web' | 'worker', n: number): Promise<ManagedProcess> =>
    startManagedProcess({
      kind,
      name: `${kind} ${n}`,
      postgres,
      redis,
      prefix: PREFIX,
      env: { WEBHOOK_SECRETS: secret, WEB_CONCURRENCY: String(webConcurrency) },
      preloads: bug.preloads(kind),
      clockOffMs: kind === 'web' ? (WEB_CLOCKS_OFF_MS[n - 1] ?? 0) : 0,
      onDeath: (report) => deaths.push(report),
    });
  const redisAdmin = connectAdmin(redis.url);
  const queue = new Queue(APPLICATION_QUEUE, { connection: redisAdmin, prefix: PREFIX });
  queue.on('error', () => undefined); // Errors of the same connection.
  await bug.plantInStores({ postgres, redisAdmin });
  const token = await createToken(conv);
  const [webs, workers] = await Promise.all([
    Promise.all([member('web', 1), member('web', 2)]),
    Promise.all([member('worker', 1), member('worker', 2)]),
  ]);
  return {
    ...{ postgres, redis, webs, workers, disk, webConcurrency, secret, token },
    ...{ queue, redisAdmin, conv, deaths, problems: [] },
    async stop() {
      await Promise.all([...webs, ...workers].map((one) => one.stop()));
      await queue.close();
      redisAdmin.disconnect();
      await Promise.all([postgres.stop(), redis.stop()]);
      await destroyHome(home);
    },
  };
}
