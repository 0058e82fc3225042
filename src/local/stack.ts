import { resolve } from 'node:path';
import { type Child, readyOrStopped, type Script, startScript } from './child';
import { type DevFile, removeDevFile, writeDevFile } from './dev-file';
import { refuseIfLocked } from './home-lock';
import { requireFreePort } from './ports';
import { keepRunning, type Report } from './restarts';
import { startStores, type StoreUrls } from './stores';

/** Time for web and worker beyond the deadline that they set themselves. */
const STOP_MARGIN_MS = 5_000;

export interface StackOptions {
  home: string;
  /** Where web listens; port 0 takes a free one. */
  port: number;
  host: string;
  /** Passed on to web and worker; DATABASE_URL and REDIS_URL in it replace the embedded stores. */
  env: NodeJS.ProcessEnv;
  report: Report;
  /** Migrates the database, and returns a token with every scope and a webhook secret. */
  prepare(urls: StoreUrls): Promise<{ token: string; webhookSecret: string }>;
  /** Scripts that send `{ ready: true, url? }` by IPC and end when the channel closes. */
  webScript: string;
  workerScript: string;
  nodeFlags?: readonly string[];
  /** How long web and worker allow themselves to stop. */
  shutdownMs: number;
}

export interface Stack {
  dev: DevFile;
  /** Stops web, worker, then the stores. Can be called more than once. */
  stop(): Promise<void>;
}

type StopStep = () => Promise<void>;

/** Runs every step, the last one first, also if one of them fails. */
async function stopAll(steps: StopStep[]): Promise<void> {
  const errors: unknown[] = [];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    await step().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'not everything could be stopped');
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // It does not listen yet, or has ended, which the caller notices.
  }
}

async function startPart(report: Report, script: () => Script, event: () => string): Promise<StopStep> {
  const { name } = script();
  const restart = (): Child => startScript(script());
  const child = await readyOrStopped(restart());
  report(name, event());
  return keepRunning({ name, restart, report }, child);
}

type Common = Pick<Script, 'env' | 'nodeFlags' | 'stopMs'>;

function startWorker(options: StackOptions, common: Common): Promise<StopStep> {
  const script = { ...common, name: 'worker', path: options.workerScript, isReady: () => true };
  return startPart(
    options.report,
    () => script,
    () => 'ready',
  );
}

/** Starts web and returns its URL. It keeps its port when it is restarted. */
async function startWeb(options: StackOptions, common: Common, steps: StopStep[]): Promise<string> {
  let { port } = options;
  let address = '';
  const script = (): Script => ({
    ...common,
    name: 'web',
    path: options.webScript,
    env: { ...common.env, PORT: String(port) },
    isReady: ({ url = '' }) => {
      address = url;
      port = Number(new URL(url).port) || port;
      return isHealthy(url);
    },
  });
  steps.push(await startPart(options.report, script, () => `ready at ${address}`));
  return address;
}

async function startAll(options: StackOptions, steps: StopStep[]): Promise<DevFile> {
  const { home, host, env, report } = options;
  await refuseIfLocked(home);
  await requireFreePort(host, options.port);
  const stores = await startStores({
    home,
    env,
    report,
    databaseUrl: env['DATABASE_URL']?.trim() || undefined,
    redisUrl: env['REDIS_URL']?.trim() || undefined,
  });
  steps.push(() => stores.stop());
  const { databaseUrl, redisUrl } = stores;
  const { token, webhookSecret } = await options.prepare(stores);
  const common: Common = {
    env: {
      ...env,
      DATABASE_URL: databaseUrl,
      // They lead to another PostgreSQL than the stack's own.
      ...(!env['DATABASE_URL']?.trim() && { DATABASE_DIRECT_URL: '', DATABASE_READ_URL: '' }),
      REDIS_URL: redisUrl,
      WEBHOOK_SECRETS: env['WEBHOOK_SECRETS']?.trim() || webhookSecret,
      HOST: host,
    },
    nodeFlags: options.nodeFlags ?? [],
    stopMs: options.shutdownMs + STOP_MARGIN_MS,
  };
  steps.push(await startWorker(options, common));
  const url = await startWeb(options, common, steps);
  const urls = { url, database_url: databaseUrl, redis_url: redisUrl };
  const dev: DevFile = { ...urls, token, webhook_secret: webhookSecret };
  steps.push(() => removeDevFile(home));
  await writeDevFile(home, dev);
  return dev;
}

/**
 * Starts everything on this machine: the stores, then `prepare`, the worker, and web. Resolves when web answers /readyz
 * and the worker is ready. Restarts each part that ends unexpectedly, on the same port.
 * @throws ConvError CONFLICT with the URL of a stack that is already running on this home
 * @throws Error that says what failed and what to do; everything that was started is then stopped
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const steps: StopStep[] = [];
  try {
    const dev = await startAll({ ...options, home: resolve(options.home) }, steps);
    let stopped: Promise<void> | undefined;
    return { dev, stop: () => (stopped ??= stopAll(steps)) };
  } catch (error) {
    await stopAll(steps);
    throw error;
  }
}
