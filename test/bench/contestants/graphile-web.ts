import { makeWorkerUtils } from 'graphile-worker';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { door, type Answer } from './door';
import { openPool, silent, TASK } from './graphile-queue';
import { group } from './group';
import { serve, setting } from './serve';

/** The same handler, which hands the event to graphile-worker: one `addJob` for each, or one `addJobs` for all together. */
async function main(): Promise<void> {
  const connections = Number(setting('CONNECTIONS'));
  const utils = await makeWorkerUtils({ pgPool: openPool(connections), logger: silent });
  await utils.migrate();
  const addEach = async (event: ApplicationEvent): Promise<Answer> => {
    await utils.addJob(TASK, event);
    return { id: event.id, status: 'QUEUED' };
  };
  const addTogether = group<ApplicationEvent, Answer>({
    lanes: connections,
    most: 100,
    work: async (events) => {
      await utils.addJobs(events.map((payload) => ({ identifier: TASK, payload })));
      return events.map(({ id }) => ({ id, status: 'QUEUED' }));
    },
  });
  const take = setting('FORM') === 'addJob' ? addEach : addTogether;
  serve(door(take), () => utils.release());
}

void main();
