import { findFreePort } from '../../../src/local/ports';
import { createSecret } from '../../../src/lib/signature';
import { SCOPES, type ApplicationEvent } from '../../../src/lib/domain';
import { useReceiver, type TestReceiver } from '../../push/support/receiver';
import { atEnd } from '../../support/cleanup';
import { useDatabase, type TestDatabase } from '../../support/database';
import { eventually } from '../../support/eventually';
import { useOwnRedis, type OwnRedis } from '../../support/own-redis';
import { startProcess, type RealProcess } from '../../support/processes';
import { forwardTo, type Proxy } from '../../support/proxy';
import { useQueue, type TestQueue } from '../../support/queue';
import { post, tokenFor, type TestWeb } from '../../support/web';
import { compressedRules } from './alert-rules';
import { startPrometheus, type Prometheus } from './prometheus';

type Kind = 'web' | 'worker';

/** A web and a worker process with stores of their own, and a Prometheus that scrapes web. */
export interface MonitoredSystem {
  stores: TestDatabase;
  queue: TestQueue;
  own: OwnRedis;
  /** The receiver of pushes. */
  receiver: TestReceiver;
  web: TestWeb;
  /** Between the processes and their stores. */
  proxies: Record<'webPostgres' | 'webRedis' | 'workerPostgres', Proxy>;
  prometheus: Prometheus;
  /** Starts the web process, always on the same port, or the worker. */
  start(kind: Kind): Promise<void>;
  kill(kind: Kind): Promise<void>;
  /** Starts one more web process, which Prometheus does not scrape. */
  startAnotherWeb(env: NodeJS.ProcessEnv): Promise<RealProcess & { web: TestWeb }>;
  /** Posts applications, which must be accepted. */
  send(events: readonly ApplicationEvent[]): Promise<void>;
  /** Resolves when all of these alerts fire. @param load runs before each check */
  waitForAlerts(names: readonly string[], load?: () => Promise<unknown>): Promise<void>;
}

function readProxies(stores: TestDatabase, own: OwnRedis) {
  return Promise.all([forwardTo(stores.url), forwardTo(own.url), forwardTo(stores.url)]);
}

/** Starts all of it before the tests of this file. */
export function useMonitoredSystem(): MonitoredSystem {
  const stores = useDatabase();
  const own = useOwnRedis();
  const queue = useQueue(() => own.url);
  const receiver = useReceiver();
  const secret = createSecret();
  const system = { stores, own, queue, receiver } as MonitoredSystem;
  const running: Partial<Record<Kind, RealProcess>> = {};
  const all: RealProcess[] = [];
  let port = 0;

  async function startWith(kind: Kind, redis: Proxy | null, env: NodeJS.ProcessEnv): Promise<RealProcess> {
    const { webPostgres, workerPostgres } = system.proxies;
    const url = (kind === 'web' ? webPostgres : workerPostgres).through(stores.url);
    const redisUrl = redis ? redis.through(own.url) : own.url;
    const process = await startProcess(kind, { url }, { redisUrl, prefix: queue.prefix }, env);
    all.push(process);
    return process;
  }

  const environment = (kind: Kind): NodeJS.ProcessEnv =>
    kind === 'web'
      ? { WEBHOOK_SECRETS: secret, PORT: String(port) }
      : { EVENTS_URL: receiver.url, EVENTS_SECRET: receiver.secret };

  Object.assign(system, {
    async start(kind) {
      const redis = kind === 'web' ? system.proxies.webRedis : null;
      running[kind] = await startWith(kind, redis, environment(kind));
    },
    async kill(kind) {
      await running[kind]?.stop('SIGKILL');
    },
    async startAnotherWeb(env) {
      const started = await startWith('web', null, { WEBHOOK_SECRETS: secret, ...env });
      return { ...started, web: { ...system.web, url: started.url ?? '' } };
    },
    async send(events) {
      const answers = await Promise.all(events.map((event) => post(system.web, event)));
      for (const answer of answers)
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    },
    async waitForAlerts(names, load = () => Promise.resolve()) {
      await eventually(async () => {
        await load();
        const firing = await system.prometheus.firing();
        const missing = names.filter((name) => !firing.includes(name));
        if (missing.length > 0) throw new Error(`${missing.join()} do not fire; firing are ${firing.join()}`);
        return true;
      });
    },
  } satisfies Partial<MonitoredSystem>);

  beforeAll(async () => {
    const [webPostgres, webRedis, workerPostgres] = await readProxies(stores, own);
    system.proxies = { webPostgres, webRedis, workerPostgres };
    port = await findFreePort();
    const token = await tokenFor(stores, ...SCOPES);
    system.web = { url: `http://127.0.0.1:${port}`, secret, token };
    await Promise.all([system.start('web'), system.start('worker')]);
    system.prometheus = await startPrometheus({
      target: `127.0.0.1:${port}`,
      token: await tokenFor(stores, 'metrics:read'),
      rules: compressedRules(),
    });
  });
  atEnd(() => Promise.all(all.map((process) => process.stop('SIGKILL'))));
  return system;
}
