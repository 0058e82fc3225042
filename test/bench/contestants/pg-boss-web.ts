import type { ApplicationEvent } from '../../../src/lib/domain';
import { door, type Answer } from './door';
import { group } from './group';
import { openBoss, QUEUE } from './pg-boss-queue';
import { serve, setting } from './serve';

/** The same handler, which hands the event to pg-boss: one `send` for each, or one `insert` for all that come together. */
async function main(): Promise<void> {
  const connections = Number(setting('CONNECTIONS'));
  const boss = await openBoss(connections);
  const sendEach = async (event: ApplicationEvent): Promise<Answer> => {
    await boss.send(QUEUE, event);
    return { id: event.id, status: 'QUEUED' };
  };
  const insertTogether = group<ApplicationEvent, Answer>({
    lanes: connections,
    most: 100,
    work: async (events) => {
      await boss.insert(events.map((data) => ({ name: QUEUE, data })));
      return events.map(({ id }) => ({ id, status: 'QUEUED' }));
    },
  });
  const take = setting('FORM') === 'send' ? sendEach : insertTogether;
  serve(door(take), () => boss.stop({ graceful: false, wait: false }));
}

void main();
