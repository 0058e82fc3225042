import { createSecret } from '../../../src/lib/signature';
import type { TestDatabase } from '../../support/database';
import { startProcess } from '../../support/processes';
import type { TestQueue } from '../../support/queue';
import type { TestWeb } from '../../support/web';

export const PREFIX = 'platform';

/** A web and a worker process on one platform. */
export interface Platform {
  web: TestWeb;
  /** Stops both. Resolves to their exit codes. */
  stop(): Promise<(number | null)[]>;
}

/** Starts web and worker on these stores. */
export async function startPlatform(
  stores: Pick<TestDatabase, 'url'>,
  queue: Pick<TestQueue, 'redisUrl' | 'prefix'>,
  env: NodeJS.ProcessEnv = {},
): Promise<Platform> {
  const secret = createSecret();
  const settings = { LOG_LEVEL: 'warn', ...env, WEBHOOK_SECRETS: secret };
  const web = await startProcess('web', stores, queue, settings);
  const worker = await startProcess('worker', stores, queue, settings);
  return {
    web: { url: web.url ?? '', secret, token: '' },
    stop: () => Promise.all([worker.stop(), web.stop()]),
  };
}
