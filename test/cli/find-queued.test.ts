import type { FoundApplication } from '../../src/applications/search';
import { toJobId } from '../../src/queue/job-id';
import { processEvent } from '../support/applications';
import { createCli, parseJson, runInProcess } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { having, like } from '../support/matchers';
import { useQueue } from '../support/queue';
import { enqueue, failPermanently } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

const NIA = {
  phone_number: '+12015550123',
  first_name: 'Nia',
  last_name: 'Lund',
  email_address: 'nia@example.com',
};

describe('an application that only the queue knows', () => {
  const findRows = async (text: string) =>
    parseJson<FoundApplication[]>(await conv(['find', text, '-o', 'json']));

  const ids = { id: 'w-1', candidate_id: 'c-9', job_id: 'j-9' };

  beforeAll(() => enqueue(queue, applicationEvent({ ...ids, candidate: NIA })));

  it.each([
    ...Object.values(ids),
    ...['+1 201 555 0123', '(201) 555-0123', 'NIA@example.com', 'nia', 'LUND N'],
  ])('is found by %j while it waits', async (text) => {
    expect(await findRows(text)).toEqual([having({ ...ids, status: 'QUEUED', ...NIA })]);
  });

  it('is found by its id after it failed', async () => {
    const event = applicationEvent({ candidate: NIA });
    await failPermanently(stores, queue, event);
    await stores.database.applications.destroy({ where: { id: event.id } });
    expect(await findRows(event.id)).toEqual([having({ id: event.id, status: 'FAILED', ...NIA })]);
  });
});

describe('in a long queue', () => {
  it('an application is found by its id, and a notice says how many are found only so', async () => {
    const events = Array.from({ length: 1001 }, () => applicationEvent());
    await queue.bullmq.addBulk(
      events.map((event) => ({
        name: 'application',
        data: jobData(event),
        opts: { jobId: toJobId(event.id) },
      })),
    );
    const { stdout, stderr } = await conv(['find', events[1000]?.id ?? '', '-o', 'ids']);
    expect({ stdout, stderr }).toEqual({
      stdout: `${events[1000]?.id ?? ''}\n`,
      stderr: like(/^1,00\d applications in the queue can be found by their id only\n$/),
    });
  });
});

describe('while Redis is unavailable', () => {
  beforeAll(() => processEvent(stores, { id: 'a-3', candidate_id: 'c-2' }));

  const withoutRedis = (text: string) =>
    runInProcess(['find', text, '-o', 'ids'], { DATABASE_URL: stores.url, REDIS_URL: 'redis://127.0.0.1:1' });

  it('finds what PostgreSQL knows, and says that the queue was not searched', async () => {
    expect(await withoutRedis('c-2')).toEqual({
      code: 0,
      stdout: 'a-3\n',
      stderr: like(/^conv: applications that wait in the queue were not searched: cannot reach Redis/),
    });
  });

  it('exits 3 for what may wait in the queue', async () => {
    expect((await withoutRedis('nobody')).code).toBe(3);
  });
});
