import { makeWorkerUtils } from 'graphile-worker';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { webhookApp, type Answer } from './webhook-app';
import { openPool, silent, TASK } from './graphile-queue';
import { group } from './group';
import { serve, setting } from './serve';

/** The shared webhook on graphile-worker: one `addJob` per event, or one `addJobs` per group of concurrent requests. */
async function main(): Promise<void> {
  const connections = Number(setting('CONNECTIONS'));
  const utils = await makeWorkerUtils({ pgPool: openPool(connections), logger: silent });
  await utils.migrate();
  const addEach = async (event: ApplicationEvent): Promise<Answer> => {
    await utils.addJob(TASK, event);
    return { id: event.id, status: 'QUEUED' };
  };
  const addTogether = group<ApplicationEvent, Answer>({
    concurrentGroups: connections,
    maxItems: 100,
    work: async (events) => {
      await utils.addJobs(events.map((payload) => ({ identifier: TASK, payload })));
      return events.map(({ id }) => ({ id, status: 'QUEUED' }));
    },
  });
  const accept = setting('FORM') === 'addJob' ? addEach : addTogether;
  serve(webhookApp(accept), () => utils.release());
}

void main();
