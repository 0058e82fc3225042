import { resolve } from 'node:path';
import { launchChild } from './child-part';
import { type DevFile, removeDevFile, writeDevFile } from './dev-file';
import { refuseIfHeld } from './home-lock';
import { begin, type Life } from './life';
import { requirePort } from './ports';
import { waitUntil } from './processes';
import { startStores, type StoreUrls } from './stores';
import { type Report, supervise } from './supervise';

/** Beyond what web and worker allow themselves. */
const STOP_MARGIN_MS = 5_000;

export interface StackOptions {
  home: string;
  /** Web's port and address; port 0 takes a free one. */
  port: number;
  host: string;
  /** Handed on to web and worker; DATABASE_URL and REDIS_URL in it replace the embedded stores. */
  env: NodeJS.ProcessEnv;
  report: Report;
  /** Brings the database up to date and makes sure of a token with every scope and a signing secret. */
  prepare(urls: StoreUrls): Promise<{ token: string; webhookSecret: string }>;
  /** Scripts that tell `{ ready: true, url? }` over IPC and end when the channel closes. */
  webScript: string;
  workerScript: string;
}

export interface Stack {
  dev: DevFile;
  /** Stops web, worker, then the stores. May be called more than once. */
  stop(): Promise<void>;
}

type Step = () => Promise<void>;

/** Runs every step, the last one first; one that fails does not keep the others from running. */
async function unwind(steps: Step[]): Promise<void> {
  const faults: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step().catch((error: unknown) => faults.push(error));
  }
  if (faults.length > 0) throw new AggregateError(faults, 'not everything could be stopped');
}

async function readyz(url: string, over: () => boolean): Promise<boolean> {
  const one = async (): Promise<boolean> => {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.ok;
  };
  const answered = await waitUntil(async () => over() || (await one().catch(() => false)), 30_000, 50);
  return answered && !over();
}

function childEnv(options: StackOptions, urls: StoreUrls, secret: string): NodeJS.ProcessEnv {
  const { env, host } = options;
  const given = env['WEBHOOK_SECRETS'] ?? '';
  // A list that holds the secret, as while one is replaced by another, is kept whole.
  const secrets = given.includes(secret) ? given : secret;
  return {
    ...env,
    DATABASE_URL: urls.databaseUrl,
    REDIS_URL: urls.redisUrl,
    WEBHOOK_SECRETS: secrets,
    HOST: host,
  };
}

function stopMs(env: NodeJS.ProcessEnv): number {
  return (Number(env['SHUTDOWN_SECONDS']) || 20) * 1_000 + STOP_MARGIN_MS;
}

async function startPart(
  name: string,
  launch: () => Life,
  detail: () => string,
  report: Report,
): Promise<Step> {
  const begun = Date.now();
  const life = await begin(launch());
  report(name, detail(), Date.now() - begun);
  const supervised = supervise({ name, launch, report }, life);
  return () => supervised.stop();
}

/** Starts web, and returns its address; when it is started again, it gets the same port. */
async function startWeb(options: StackOptions, env: NodeJS.ProcessEnv, steps: Step[]): Promise<string> {
  let { port } = options;
  let address = '';
  const answers = async (url: string | undefined, over: () => boolean): Promise<boolean> => {
    if (url === undefined) throw new Error('web did not tell its address');
    address = url;
    port = Number(new URL(url).port) || port;
    return readyz(url, over);
  };
  const launch = (): Life =>
    launchChild({
      name: 'web',
      script: options.webScript,
      env: { ...env, PORT: String(port) },
      stopMs: stopMs(env),
      answers,
    });
  steps.push(await startPart('web', launch, () => address, options.report));
  return address;
}

async function startWorker(options: StackOptions, env: NodeJS.ProcessEnv, steps: Step[]): Promise<void> {
  const launch = (): Life =>
    launchChild({
      name: 'worker',
      script: options.workerScript,
      env,
      stopMs: stopMs(env),
      answers: () => Promise.resolve(true),
    });
  steps.push(await startPart('worker', launch, () => 'ready', options.report));
}

async function startAll(options: StackOptions, steps: Step[]): Promise<DevFile> {
  const { home, env, report } = options;
  await refuseIfHeld(home);
  await requirePort(options.host, options.port);
  const stores = await startStores({
    home,
    env,
    report,
    databaseUrl: env['DATABASE_URL']?.trim() || undefined,
    redisUrl: env['REDIS_URL']?.trim() || undefined,
  });
  steps.push(() => stores.stop());
  const { token, webhookSecret } = await options.prepare(stores);
  const forChildren = childEnv(options, stores, webhookSecret);
  await startWorker(options, forChildren, steps);
  const url = await startWeb(options, forChildren, steps);
  const { databaseUrl, redisUrl } = stores;
  const dev: DevFile = {
    url,
    database_url: databaseUrl,
    redis_url: redisUrl,
    token,
    webhook_secret: webhookSecret,
  };
  steps.push(() => removeDevFile(home));
  await writeDevFile(home, dev);
  return dev;
}

/**
 * Everything on this machine: the stores, what `prepare` does, worker and web. Resolves when web answers /readyz and
 * worker has told that it is ready. A part that ends unexpectedly is started again on its port.
 * @throws ConvError CONFLICT where a stack runs on this home already; it names its url
 * @throws Error with what failed and the remedy; everything that had been started is then stopped
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const steps: Step[] = [];
  try {
    const dev = await startAll({ ...options, home: resolve(options.home) }, steps);
    let stopping: Promise<void> | undefined;
    return { dev, stop: () => (stopping ??= unwind(steps)) };
  } catch (error) {
    await unwind(steps);
    throw error;
  }
}
