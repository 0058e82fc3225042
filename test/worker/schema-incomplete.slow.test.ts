import type { ApplicationEvent } from '../../src/lib/domain';
import { findJob } from '../../src/queue/applications';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { enqueue, jobOutcome } from '../support/queue-jobs';
import { recordingLog } from '../support/recording-log';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog('error');

let stop: () => Promise<void>;
afterEach(() => stop());
beforeEach(() => {
  lines.length = 0;
});

const run = (sql: string) => stores.database.sequelize.query(sql);
const accepted = (event: ApplicationEvent) =>
  eventually(async () => (await jobOutcome(queue, event))?.status === 'ACCEPTED');
const logged = () => lines.map((line) => JSON.parse(line) as { msg: string; err: { message: string } });

/** Waits until transactions of the worker have failed a few times more. */
async function severalFailures(): Promise<void> {
  const count = async () => {
    const [rows] = await run(
      'SELECT xact_rollback AS count FROM pg_stat_database WHERE datname = current_database()',
    );
    return Number((rows as { count: string }[])[0]?.count);
  };
  const before = await count();
  await eventually(async () => (await count()) >= before + 3);
}

it('takes no job while a function is missing, names it, and continues by itself', async () => {
  await run('ALTER FUNCTION assign_event_positions RENAME TO elsewhere');
  stop = await runWorker(stores, queue, { log });
  await eventually(() => lines.length > 0);
  const event = applicationEvent();
  await enqueue(queue, event);
  await severalFailures();
  expect(await findJob(queue.applications, event.id)).toMatchObject({
    state: 'waiting',
    job: { attemptsMade: 0 },
  });
  expect(logged()).toMatchObject([
    {
      msg: 'the database schema is incomplete: taking no jobs until it is migrated',
      err: {
        message: expect.stringContaining('function assign_event_positions() does not exist') as string,
      },
    },
  ]);
  await run('ALTER FUNCTION elsewhere RENAME TO assign_event_positions');
  await accepted(event);
});

it.each([
  ['table', 'ALTER TABLE events RENAME TO elsewhere', 'ALTER TABLE elsewhere RENAME TO events'],
  [
    'column',
    'ALTER TABLE conversations RENAME job_id TO elsewhere',
    'ALTER TABLE conversations RENAME elsewhere TO job_id',
  ],
])('holds a job while a %s is missing that only some statements need', async (_what, remove, restore) => {
  stop = await runWorker(stores, queue, { log });
  const first = applicationEvent();
  await enqueue(queue, first);
  await accepted(first);
  await run(remove);
  const event = applicationEvent();
  await enqueue(queue, event);
  await eventually(() => lines.length > 0);
  await severalFailures();
  expect(logged().map(({ msg }) => msg)).toEqual([
    'the database schema is incomplete: taking no jobs until it is migrated',
  ]);
  await run(restore);
  await accepted(event);
  expect((await findJob(queue.applications, event.id))?.job.attemptsMade).toBe(1);
});
