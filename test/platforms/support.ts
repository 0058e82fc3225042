import { createSecret } from '../../src/lib/signature';
import type { TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { startProcess, type RealProcess } from '../support/processes';
import { post, type TestWeb } from '../support/web';

export const PREFIX = 'platform';

/** A web and a worker process on one Redis platform. */
export interface Platform {
  web: TestWeb;
  stop(): Promise<void>;
}

/** Starts web and worker with this REDIS_URL. */
export async function startPlatform(
  stores: TestDatabase,
  redisUrl: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Platform> {
  const secret = createSecret();
  const settings = { ...env, WEBHOOK_SECRETS: secret };
  const processes: RealProcess[] = [];
  for (const name of ['web', 'worker'] as const)
    processes.push(await startProcess(name, stores, { redisUrl, prefix: PREFIX }, settings));
  return {
    web: { url: processes[0]?.url ?? '', secret, token: '' },
    async stop() {
      await Promise.all(processes.map((one) => one.stop()));
    },
  };
}

/** Posts an application. Returns its id if it was acknowledged, else null. */
export async function tryPost(web: TestWeb): Promise<string | null> {
  const event = applicationEvent();
  return (await post(web, event)).status === 202 ? event.id : null;
}

/** Waits until these applications have an outcome. */
export async function expectOutcomes(stores: TestDatabase, ids: readonly string[]): Promise<void> {
  await eventually(async () => {
    const missing = ids.length - (await stores.database.applications.count({ where: { id: [...ids] } }));
    if (missing > 0) throw new Error(`${missing} of ${ids.length} acknowledged applications have no outcome`);
    return true;
  });
}
