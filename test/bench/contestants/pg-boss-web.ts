import type { ApplicationEvent } from '../../../src/lib/domain';
import { webhookApp, type Answer } from './webhook-app';
import { group } from './group';
import { openBoss, QUEUE } from './pg-boss-queue';
import { serve, setting } from './serve';

/** The shared webhook on pg-boss: one `send` per event, or one `insert` per group of concurrent requests. */
async function main(): Promise<void> {
  const connections = Number(setting('CONNECTIONS'));
  const boss = await openBoss(connections);
  const sendEach = async (event: ApplicationEvent): Promise<Answer> => {
    await boss.send(QUEUE, event);
    return { id: event.id, status: 'QUEUED' };
  };
  const insertTogether = group<ApplicationEvent, Answer>({
    concurrentGroups: connections,
    maxItems: 100,
    work: async (events) => {
      await boss.insert(events.map((data) => ({ name: QUEUE, data })));
      return events.map(({ id }) => ({ id, status: 'QUEUED' }));
    },
  });
  const accept = setting('FORM') === 'send' ? sendEach : insertTogether;
  serve(webhookApp(accept), () => boss.stop({ graceful: false, wait: false }));
}

void main();
